# The relay. `docker compose up` builds and runs it with all that belongs to it (compose.yaml).
FROM python:3.11-slim-bookworm AS build
COPY locks/relay.txt /build/
RUN python -m venv --without-pip /opt/deskside \
 && pip --python /opt/deskside/bin/python install --no-cache-dir --no-deps --require-hashes -r /build/relay.txt
COPY applet /build/applet
COPY codec /build/codec
COPY locks/applet.txt locks/applet-size.json /build/locks/
# The help program that customers download. The image needs no TypeScript.
RUN cd /build && python -m applet.install.bundle /build/downloads && rm -r /build/codec/ts

FROM python:3.11-slim-bookworm AS page
COPY locks/node.txt locks/page.txt tests/packaging/compressed_page.py /build/
RUN pip install --no-cache-dir --no-deps --require-hashes -r /build/node.txt -r /build/page.txt
COPY package.json package-lock.json .npmrc /build/
COPY applet/web /build/applet/web
COPY codec/ts /build/codec/ts
# The version that the page's manifest tells.
COPY codec/__init__.py /build/codec/
COPY console/ui/package.json /build/console/ui/package.json
# The page with which customers take part from a browser.
RUN cd /build && npm ci --no-audit --no-fund && npm run build --workspace=applet/web \
 && python compressed_page.py relay/join

FROM python:3.11-slim-bookworm
# pg_dump, for backups of PostgreSQL.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/deskside-relay deskside \
 && install -d -o deskside -g deskside -m 0700 /var/lib/deskside-relay
COPY --from=build /opt/deskside /opt/deskside
COPY --from=build /build/codec /opt/deskside/program/codec
COPY relay /opt/deskside/program/relay
COPY --from=build /build/downloads /opt/deskside/program/relay/downloads
COPY --from=page /build/relay/join /opt/deskside/program/relay/join
ENV PYTHONPATH=/opt/deskside/program \
    PYTHONDONTWRITEBYTECODE=1 \
    DESKSIDE_RELAY_LISTEN=0.0.0.0:8080 \
    DESKSIDE_RELAY_DATA_DIR=/var/lib/deskside-relay
USER 10001:10001
WORKDIR /var/lib/deskside-relay
VOLUME ["/var/lib/deskside-relay"]
EXPOSE 8080/tcp 3478/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["/opt/deskside/bin/python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health')"]
ENTRYPOINT ["/opt/deskside/bin/python", "-P", "-m", "relay"]
CMD ["serve"]
