# scripts/build.sh builds it and says which version it is; docs/image.md tells what is in it. Both bases are pinned as indexes
# of all their platforms: `docker buildx imagetools inspect NAME:TAG` tells today's digest.
FROM docker.io/library/node:24-bookworm@sha256:64af3819f9275802414d7cdc38c27e9d82bd564dec4d4da87d008255d36c63b4 AS build
# Without symbols that only a debugger of Node needs it is a seventh smaller.
RUN mkdir -p /nodejs/bin \
    && strip --strip-unneeded -o /nodejs/bin/node /usr/local/bin/node \
    && cp /usr/local/LICENSE /nodejs/
WORKDIR /src
COPY .npmrc package.json package-lock.json ./
RUN npm ci --ignore-scripts
COPY . .
ARG REVISION
ARG SOURCE_DATE_EPOCH
RUN node scripts/build.ts \
    && mkdir /app \
    && mv dist demo LICENSE /app/ \
    && mv /app/dist/sbom.cdx.json /app/dist/THIRD-PARTY-LICENSES.txt /app/

FROM gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f AS runtime
COPY --from=build /nodejs /nodejs
COPY --from=build /app /app

FROM runtime AS warm
USER 0
COPY --from=build /src/scripts /scripts
RUN ["/nodejs/bin/node", "/scripts/warm-image.ts", "/app/dist", "/app/cache"]

FROM runtime
COPY --from=warm /app/cache /app/cache
# It is root's, and nothing is ever written there: the root file system may be read-only.
ENV XDG_CACHE_HOME=/app/cache
USER 65532:65532
EXPOSE 8080 9090
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/kubemend.js"]
CMD ["serve"]
ARG VERSION
ARG REVISION
ARG CREATED
LABEL org.opencontainers.image.title="kubemend" \
      org.opencontainers.image.description="Finds out why Kubernetes workloads are broken and mends them safely" \
      org.opencontainers.image.source="https://github.com/kubemend/kubemend" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"
