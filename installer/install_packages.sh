#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing of packages.txt through apt-get. Does nothing, and asks for nothing, when all is there.
set -eu

list=$(dirname "$0")/packages.txt
if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    echo "This is not a Debian system: install what $list names by hand, then run make again." >&2
    exit 1
fi

missing=
for package in $(sed 's/#.*//' "$list"); do
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true) in
        *" installed") ;;
        *) missing="$missing $package" ;;
    esac
done
[ -n "$missing" ] || exit 0

root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "These packages are missing:$missing. Install them as root: apt-get install$missing" >&2
        exit 1
    fi
    root=sudo
fi

echo "Installing:$missing"
# A third-party source that does not answer is no reason to stop; a package that is missing is.
$root env DEBIAN_FRONTEND=noninteractive apt-get update -q || echo "apt-get update did not succeed; going on." >&2
# shellcheck disable=SC2086  # one word per package
$root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
