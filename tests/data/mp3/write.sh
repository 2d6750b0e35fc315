#!/usr/bin/env bash
# Writes the recordings of this folder anew: lame 3.100, ffmpeg 5.1, sox 14.4.2.

set -euo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
seven=../digits/theo/theo-seven-10.wav
six=../digits/george/george-six-00.wav

at() { sox "$1" -c "$3" "$work/$2.$3.wav" rate "$2"; printf '%s' "$work/$2.$3.wav"; }

lame --quiet -b 64 "$(at $seven 44100 1)" lame_constant_44100.mp3
lame --quiet -V 4 "$(at $six 22050 2)" lame_variable_22050_stereo.mp3
lame --quiet --abr 48 "$(at $seven 48000 1)" lame_average_48000.mp3
lame --quiet -t -b 64 "$(at $six 44100 1)" lame_without_header_44100.mp3
lame --quiet -t -V 4 "$(at $seven 32000 1)" lame_variable_without_header_32000.mp3
lame --quiet -p -b 32 --add-id3v2 --pad-id3v2 --tt seven --tc spoken "$(at $seven 16000 1)" lame_tags_16000.mp3
ffmpeg -v error -y -i "$(at $seven 48000 1)" -b:a 64k ffmpeg_48000.mp3
ffmpeg -v error -i "$(at $six 48000 1)" -b:a 64k -f mp3 - | cat > ffmpeg_pipe_48000.mp3
ffmpeg -v error -i "$(at $seven 16000 1)" -f mp3 - | cat > ffmpeg_pipe_16000.mp3
sox -V1 "$seven" -C 16 sox_constant_8000.mp3
