"""How people prove who they are, and who may change that: passwords, links to choose one, invitations."""
