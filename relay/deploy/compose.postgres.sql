-- Run once, when the container makes its database. The relay's own role has no superuser's rights, so nothing that the
-- relay or a backup says can run programs or read files here. The superuser signs in from inside the container alone.
\getenv password POSTGRES_PASSWORD
CREATE ROLE deskside LOGIN PASSWORD :'password';
ALTER DATABASE deskside OWNER TO deskside;
ALTER ROLE postgres PASSWORD NULL;
