#!/usr/bin/env bash
# Builds a fuzz target with clang's libFuzzer, AddressSanitizer and UBSan, and runs it: what came
# from outside may be refused, but must not crash, hang or leak. It begins with the seeds of the replay,
# which is the same target as an ordinary test (replay.cpp). run.sh TARGET|all SECONDS
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1:-all} seconds=${2:-60} out=build-fuzz
[ "$target" = all ] && target=$(cd tests/fuzz && ls ./*_fuzz.cpp | sed 's|\./||; s|_fuzz.cpp||')
mkdir -p "$out"
[ -f build/build.ninja ] || { echo "fuzz: build first: ./dev build" >&2; exit 1; }
flags="-std=c++23 -g -O1 -fsanitize=address,undefined -D_GLIBCXX_ASSERTIONS -I. -Ibuild -Isubprojects/sanad-sdk/include -Isubprojects/sanad-sdk/schemas -Ibuild/subprojects/sanad-sdk/schemas -include tests/support/kj_clang.h"
sources="core/base/*.cpp core/trust/*.cpp core/casework/*.cpp core/store/*.cpp core/api/*.cpp build/schemas/*.c++
  core/plugins/status.cpp core/plugins/store_adapter.cpp tests/support/federation_node.cpp tests/support/helpline.cpp
  tests/support/memory_store.cpp tests/fuzz/request_world.cpp"
for source in $(ls core/federation/*.cpp | grep -vE 'admission|zmq_'); do sources="$sources $source"; done
for name in ceremony configuration courier_file courier_pages files policy_files settings share_folder toml_document trust_file; do sources="$sources core/node/$name.cpp"; done
for source in $(sed -n "/static_library('email-parts'/,/include_directories/p" plugins/channels/email/meson.build | grep -o "[a-z_]*\.cpp"); do
    sources="$sources plugins/channels/email/$source"
done
flags="$flags $(pkg-config --cflags gmime-3.0 | sed 's/-I/-isystem /g')"
# As the node is built: the library as Debian has it, and not its headers with their assertions.
flags="$flags $(pkg-config --cflags tomlplusplus)"
flags="$flags -DSANAD_SOURCE_FOLDER=\".\" -DSANAD_SHARE_FOLDER=\"share\" -DSANAD_PLUGIN_FOLDER=\"plugins\""
compile() {  # SOURCE: an object of it, made again when the source is newer
    local object
    object="$out/$(echo "$1" | tr '/' '_').o"
    [ "$object" -nt "$1" ] || ccache clang++-19 $flags -fsanitize=fuzzer-no-link -w -x c++ -c "$1" -o "$object"
}
export -f compile
export flags out
# shellcheck disable=SC2086
ls $sources | xargs -P 2 -I {} bash -c 'compile {}'
for name in $target; do
    [ -f "tests/fuzz/${name}_fuzz.cpp" ] || { echo "fuzz: no such target: $name" >&2; exit 2; }
    clang++-19 $flags -fsanitize=fuzzer "tests/fuzz/${name}_fuzz.cpp" "$out"/*.o -lcapnp -lkj -lsodium -lcrypto \
        -lcapnp-json -licuuc -licui18n -ltomlplusplus $(pkg-config --libs gmime-3.0) -lz -o "$out/$name"
    mkdir -p "$out/corpus-$name"
    case "$name" in
        configuration) files=config/node.toml ;;
        passport) files=tests/unit/federation/recorded/passport-v1.bin ;;
        policy) files=$(ls config/policy/*.policy) ;;
        *) files= ;;
    esac
    # shellcheck disable=SC2086
    "build/tests/fuzz/fuzz-$name" --write "$out/corpus-$name" $files
    echo "== $name, $seconds s"
    "$out/$name" -max_total_time="$seconds" -print_final_stats=1 -verbosity=0 "$out/corpus-$name"
done
