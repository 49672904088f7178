#include "core/casework/referral_event.h"
#include "tests/fuzz/target.h"
#include "tests/support/federation_node.h"

// What a peer says about a referral must end in an Error or in a message that is sound, and reads
// as itself when it is written again.
namespace {

using namespace sanad;
using namespace sanad::casework;

const Taxonomies& taxonomies() {
    static const Taxonomies all = support::small_taxonomies();
    return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto message = read_referral_message({data, size}, taxonomies());
    if (!message) return 0;
    if (!check_message(*message, taxonomies())) __builtin_trap();
    if (read_referral_message(write_message(*message), taxonomies()) != *message) __builtin_trap();
    return 0;
}

std::vector<Bytes> fuzz::seeds() {
    std::vector<Bytes> all;
    const auto add = [&](ReferralEventKind kind, const char* reason, const char* text) {
        ReferralMessage message;
        message.index = std::uint32_t(all.size());
        message.seen_other = 1;
        message.at = Time{1'000};
        message.kind = kind;
        message.reason = reason;
        message.text = text;
        if (kind == ReferralEventKind::request)
            message.request = support::sample_request("CASE-1", {"tn.node"}, Urgency::u1);
        all.push_back(write_message(message));
    };
    add(ReferralEventKind::request, "", "");
    add(ReferralEventKind::ask, "", "Quelle langue préfère-t-elle ?");
    add(ReferralEventKind::decline, "no_capacity", "");
    add(ReferralEventKind::accept, "", "");
    return all;
}
