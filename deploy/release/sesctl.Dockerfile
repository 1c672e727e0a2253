# The image of sesctl. GoReleaser builds it from the programs of the release, without a
# base image and without the network. It has no shell and no package manager. root.tar
# holds a user that is not root, a home, and the certificate authorities.
FROM scratch
ARG TARGETPLATFORM
ADD bin/release/root.tar /
COPY LICENSE bin/release/sesctl/THIRD-PARTY-LICENSES.txt /usr/share/licenses/sesctl/
COPY $TARGETPLATFORM/sesctl /usr/bin/sesctl
USER 65532:65532
ENV HOME=/home/nonroot PATH=/usr/bin
WORKDIR /home/nonroot
ENTRYPOINT ["/usr/bin/sesctl"]
