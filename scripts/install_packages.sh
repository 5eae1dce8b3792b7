#!/usr/bin/env bash
# Installs what the build needs on Debian 12, and nothing that is there already. Usage: install_packages.sh [extra package ...]
set -euo pipefail
packages=(g++ cmake ninja-build git libopenmpi-dev openmpi-bin libdnnl-dev libhdf5-dev libmetis-dev libyaml-cpp-dev
  libspdlog-dev libfmt-dev libcli11-dev nlohmann-json3-dev zlib1g-dev libzip-dev libpng-dev libjpeg-dev libboost-context-dev libgtest-dev libgmock-dev "$@")
missing=()
for package in "${packages[@]}"; do
  [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | cut -c1-2)" = ii ] || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0
sudo=()
[ "$(id -u)" -eq 0 ] || sudo=(sudo)
echo "Installing: ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${sudo[@]}" apt-get update -q
"${sudo[@]}" apt-get install -yq --no-install-recommends "${missing[@]}"
