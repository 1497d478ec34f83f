# A static program in an empty image: no shell, no package manager, no root.
# docker run -v rolecall:/var/lib/rolecall -v ./credentials.json:/run/secrets/credentials.json:ro rolecall
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# SQLite needs cgo; the time zones go into the binary, since the image has none.
RUN CGO_ENABLED=1 go build -trimpath -buildvcs=false \
      -tags "timetzdata,osusergo,netgo,sqlite_omit_load_extension" \
      -ldflags '-s -w -linkmode external -extldflags "-static"' -o /out/rolecall . \
 && mkdir -p /out/var/lib/rolecall /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/var/lib/rolecall /var/lib/rolecall
COPY --from=build --chown=65532:65532 /out/tmp /tmp
COPY --from=build /out/rolecall /rolecall
ENV STATE_DIRECTORY=/var/lib/rolecall CREDENTIALS_DIRECTORY=/run/secrets HOME=/var/lib/rolecall
VOLUME /var/lib/rolecall
EXPOSE 8321
USER 65532:65532
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["/rolecall", "healthcheck"]
ENTRYPOINT ["/rolecall"]
CMD ["run"]
