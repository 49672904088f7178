// An assistant: it looks for words in a text and would tell the counsellor. It has no network.
// ABI 1.0 has no method for assistants yet: no text reaches it. README.md says more.
#include "config.capnp.h"
#include "words.hpp"

#include <sanad/plugin.hpp>

namespace {

using namespace sanad::plugin;
using namespace name_of_plugin;

class NameOfPlugin final : public Configured<Config> {
public:
    void configure(Config::Reader config) override {
        words_.clear();
        for (const auto word : config.getWords()) words_.emplace_back(view_of(word));
    }
    void start() override {
        host().log(SANAD_LOG_INFO, "started", {{"words", std::to_string(words_.size())}});
    }
    Health health() override {
        if (!words_.empty()) return {};
        return {schema::HealthReply::State::DEGRADED, "no_words", 0};
    }

private:
    std::vector<std::string> words_;
};

}  // namespace

SANAD_PLUGIN(NameOfPlugin)
