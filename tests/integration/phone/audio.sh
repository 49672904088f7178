#!/bin/bash
# Speech, prompts and RTP captures for the scenarios, made from text: nothing recorded is kept here.
#   audio.sh DIR   needs espeak-ng and sox; packets.py lies beside it
set -eu
here=$(dirname "$(readlink -f "$0")")
cd "$1"
say() {
  espeak-ng -v "$1" -s 135 -w "spoken_$2" "$3"
  sox -G "spoken_$2" -r 8000 -c 1 -b 16 "$2" rate -h norm -3 highpass 200 lowpass 3600
  rm "spoken_$2"
}
say fr-fr welcome.wav "Bienvenue. Pour parler à quelqu'un, tapez un. Pour laisser un message, tapez deux." &
say en-gb goodbye.wav "Thank you for calling. Good bye." &
say fr-fr caller.wav "Bonjour, je voudrais parler à quelqu'un de mon école, s'il vous plaît. Merci beaucoup." &
say es one.wav "Buenos días, le escucho. Tome su tiempo, por favor, no hay ninguna prisa." &
say en-gb other.wav "This is the supervisor, and I am only here to listen to both of you today." &
sox -n -r 8000 -c 1 -b 16 hold.wav synth 4 pluck C4 pluck E4 pluck G4 gain -14 remix - &
wait
sox one.wav counsellor.wav repeat 14  # baresip hangs up where its source ends
sox other.wav supervisor.wav repeat 14
python3 "$here/packets.py" .
