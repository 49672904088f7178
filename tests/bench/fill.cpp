// Fills a node that stands still with invented cases, and with contacts that wait, through the
// node's own rules: fill NODE.TOML CASES [WAITING]
#include "core/node/node.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>

using namespace sanad;

namespace {

[[noreturn]] void give_up(const Error& error) {
    std::fprintf(stderr, "fill: %s: %s\n", name(error.fault), error.detail.c_str());
    std::exit(1);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3 && argc != 4) return 2;
    if (const auto ready = trust::start_trust(); !ready) give_up(ready.error());
    auto configuration = node::load_configuration(argv[1]);
    if (!configuration) give_up(configuration.error());
    configuration->plugins.clear();
    configuration->partners.clear();
    const auto vault_key = node::load_vault_key(configuration->vault, {});
    if (!vault_key) give_up(vault_key.error());
    NullLog log;
    const SystemClock clock;
    trust::SystemEntropy entropy;
    auto node = node::Node::start(*configuration, *vault_key, {clock, entropy, log});
    if (!node) give_up(node.error());
    const long cases = std::strtol(argv[2], nullptr, 10);
    const long all = cases + (argc == 4 ? std::strtol(argv[3], nullptr, 10) : 0);
    std::atomic<long> made = 0;
    for (long i = 0; i < all; ++i) {
        for (;;) {
            const auto taken = (*node)->engine().submit(
                [&, i](store::Draft& draft) -> Result<void> {
                    Bytes conversation(32);
                    entropy.fill(conversation);
                    const auto contact = (*node)->contacts().submit(
                        draft, {"chat", "webchat"},
                        {conversation, Bytes(conversation.begin(), conversation.begin() + 16),
                         "an invented message, number " + std::to_string(i), "ar"},
                        clock.now());
                    if (!contact) return std::unexpected(contact.error());
                    if (i >= cases) return {};
                    const auto file = (*node)->cases().open_from(
                        draft, contact->contact,
                        {casework::Urgency::u3, {"VI.cyberbullying"}, {"ar"}, "13-15", ""}, "bench",
                        clock.now());
                    if (!file) return std::unexpected(file.error());
                    return {};
                },
                [&](const Result<void>& result) {
                    if (!result) give_up(result.error());
                    made.fetch_add(1);
                });
            if (taken) break;
            if (taken.error().fault != Fault::exhausted) give_up(taken.error());
            std::this_thread::yield();
        }
    }
    while (made.load() < all) std::this_thread::yield();
    return 0;
}
