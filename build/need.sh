#!/usr/bin/env bash
# Installs Debian packages whose program is missing: need.sh PROGRAM=PACKAGE ...
set -euo pipefail
missing=()
for pair in "$@"; do
  command -v "${pair%%=*}" >/dev/null || missing+=("${pair#*=}")
done
[ ${#missing[@]} -eq 0 ] && exit 0
sudo=""
[ "$(id -u)" -eq 0 ] || sudo=sudo
echo "installing: ${missing[*]}"
$sudo apt-get update -qq
# A package must not start its own service here: tests start what they need.
printf '#!/bin/sh\nexit 101\n' | $sudo tee /usr/sbin/policy-rc.d.monopod >/dev/null
restore() { $sudo rm -f /usr/sbin/policy-rc.d; }
if [ ! -e /usr/sbin/policy-rc.d ]; then
  $sudo mv /usr/sbin/policy-rc.d.monopod /usr/sbin/policy-rc.d
  $sudo chmod +x /usr/sbin/policy-rc.d
  trap restore EXIT
else
  $sudo rm -f /usr/sbin/policy-rc.d.monopod
fi
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
