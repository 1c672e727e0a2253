# The image of sesctl-relay, as deploy/relay/Dockerfile makes it from the source.
# GoReleaser builds it from the programs of the release, without a base image and
# without the network. root.tar holds the spool too, for a user that is not root.
FROM scratch
ARG TARGETPLATFORM
ADD bin/release/relay-root.tar /
COPY LICENSE bin/release/sesctl-relay/THIRD-PARTY-LICENSES.txt /usr/share/licenses/sesctl-relay/
COPY $TARGETPLATFORM/sesctl-relay /usr/bin/sesctl-relay
USER 65532:65532
ENV HOME=/home/nonroot PATH=/usr/bin
WORKDIR /home/nonroot
EXPOSE 8080 9090
VOLUME /var/lib/sesctl-relay
STOPSIGNAL SIGTERM
ENV SESCTL_RELAY_SPOOL=/var/lib/sesctl-relay
ENTRYPOINT ["/usr/bin/sesctl-relay"]
CMD ["serve"]
