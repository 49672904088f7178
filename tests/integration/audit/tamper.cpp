// What somebody with root does to the audit log of a node that is down: tamper PLUGIN FOLDER ACTION
// N
//
// flip N: one bit of the stored bytes of entry N. swap N: entry N-1 in the place of entry N.
// cut N: takes out every entry from N on.
#include "core/plugins/store_plugin.h"

#include <cstdio>
#include <cstdlib>
#include <string>

using namespace sanad;

namespace {

Bytes key_of(std::uint64_t number) {
    Bytes key;
    append_big_endian(key, number);
    return key;
}

Bytes value_of(store::Writer& writer, store::Table table, std::uint64_t number) {
    const auto found = writer.get(table, key_of(number));
    if (!found || !*found) std::exit(3);
    return {(*found)->begin(), (*found)->end()};
}

Result<void> act(store::Writer& writer, store::Table table, const std::string& action,
                 std::uint64_t number) {
    if (action == "flip") {
        Bytes value = value_of(writer, table, number);
        value.back() ^= 1;
        return writer.put(table, key_of(number), value);
    }
    if (action == "swap")
        return writer.put(table, key_of(number), value_of(writer, table, number - 1));
    for (;; ++number) {
        const auto found = writer.get(table, key_of(number));
        if (!found || !*found) return {};
        if (const auto gone = writer.del(table, key_of(number)); !gone) return gone;
    }
}

}  // namespace

int main(int count, char** words) {
    if (count != 5) return 64;
    NullLog log;
    const SystemClock clock;
    const std::string settings = std::string("{\"path\":\"") + words[2] + "\"}";
    auto opened = plugins::open_store(words[1], settings, log, clock);
    if (!opened) {
        std::fprintf(stderr, "tamper: %s\n", opened.error().detail.c_str());
        return 1;
    }
    const auto table = opened->store->open_table("audit.entry");
    auto writer = opened->store->begin();
    if (!table || !writer) return 2;
    const auto done = act(**writer, *table, words[3], std::strtoull(words[4], nullptr, 10));
    const bool kept = done && (*writer)->commit();
    writer->reset();
    opened->store.reset();
    return kept ? 0 : 2;
}
