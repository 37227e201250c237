# The HTTP service of Ringfence:  docker build --tag ringfence .
# Packages come by content from wherever pip is told to look; PIP_INDEX_URL as a build argument names another place.
FROM python:3.11-slim AS built
ARG PIP_INDEX_URL
WORKDIR /src
COPY . .
RUN python -m venv /opt/ringfence \
    && /opt/ringfence/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && /opt/ringfence/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim
COPY --from=built /opt/ringfence /opt/ringfence
RUN useradd --uid 10001 --create-home ringfence && mkdir /data && chown ringfence /data
USER ringfence
WORKDIR /data
VOLUME /data
ENV PATH=/opt/ringfence/bin:$PATH \
    RINGFENCE_HOST=0.0.0.0 \
    RINGFENCE_KEY_FILE=/data/keys.json \
    RINGFENCE_AUDIT=/data/audit.db
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz')"]
ENTRYPOINT ["ringfence"]
CMD ["serve"]
