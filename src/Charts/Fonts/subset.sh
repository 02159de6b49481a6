#!/usr/bin/env bash
# Makes the embedded fonts anew, from Debian's fonts-dejavu-core with python3-fonttools: Latin, Greek and Cyrillic, and the
# signs that charts use.
set -euo pipefail
cd "$(dirname "$(realpath "${BASH_SOURCE[0]}")")"
letters=U+0020-007E,U+00A0-017F,U+0384-03CE,U+0400-045F
signs=U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032,U+2033,U+20AC,U+2190-2193,U+2212,U+221E,U+2248,U+2260,U+2264,U+2265,U+FFFD
for font in DejaVuSans DejaVuSans-Bold; do
	/usr/bin/python3 -m fontTools.subset "/usr/share/fonts/truetype/dejavu/$font.ttf" \
		--unicodes="$letters,$signs" --layout-features=kern --no-hinting --notdef-outline --output-file="$font.ttf"
done
