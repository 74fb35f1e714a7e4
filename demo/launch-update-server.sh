#!/usr/bin/env bash
# Serves the images of this workspace to all boards on the network, as the mkbox-project's own launcher does.
HOST=0.0.0.0 PORT=5555 IMAGE_PATH="$(dirname "$0")/boxes" exec update-server
