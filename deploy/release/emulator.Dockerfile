# The image of the emulator, as deploy/emulator/Dockerfile makes it from the source. It
# exists because a service of a CI job is given an image, but no command.
FROM scratch
ARG TARGETPLATFORM
ADD bin/release/root.tar /
COPY LICENSE bin/release/sesctl/THIRD-PARTY-LICENSES.txt /usr/share/licenses/sesctl/
COPY $TARGETPLATFORM/sesctl /usr/bin/sesctl
USER 65532:65532
ENV HOME=/home/nonroot PATH=/usr/bin
WORKDIR /home/nonroot
EXPOSE 8025
STOPSIGNAL SIGTERM
# Clients in other containers reach it by the name of the service: emulator.
ENTRYPOINT ["/usr/bin/sesctl", "emulator", "serve", "--memory", "--listen", "0.0.0.0:8025", "--allow-host", "emulator"]
