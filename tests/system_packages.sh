#!/usr/bin/env bash
# Debian packages that the tests need: a browser with Chinese fonts, an RTSP server, tools that break disks, PostgreSQL, an MQTT broker.
set -eu
packages=(
  chromium fonts-noto-cjk
  gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-bad python3-gi
  e2fsprogs mount gcc libc6-dev poppler-utils
  postgresql mosquitto mosquitto-clients
)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ "${#missing[@]}" -eq 0 ] && exit 0
line="apt-get install -y --no-install-recommends ${missing[*]}"
if [ "$(id -u)" -ne 0 ]; then
  echo "the tests need Debian packages; as root run: $line" >&2
  exit 2
fi
echo "test: $line (about 2 minutes)"
export DEBIAN_FRONTEND=noninteractive
apt-get update -q >/dev/null
$line >/dev/null
