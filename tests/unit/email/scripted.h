#pragma once

#include "plugins/channels/email/wire.h"

#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>
#include <string>
#include <vector>

namespace sanad::email {

// A server that answers each line as it was told; "$" stands for the line's tag.
class Scripted final : public Wire {
public:
    struct Step {
        std::string expects, answers;
    };
    explicit Scripted(std::string greeting, std::vector<Step> steps)
        : steps_(steps.begin(), steps.end()), out_(std::move(greeting)) {}

    std::expected<std::string, WireFault> receive(std::chrono::milliseconds) override {
        if (out_.empty()) return std::unexpected(ends ? WireFault::closed : WireFault::timed_out);
        std::string some = out_.substr(0, 7);  // in small pieces
        out_.erase(0, 7);
        return some;
    }
    std::expected<void, WireFault> send(std::string_view bytes,
                                        std::chrono::milliseconds) override {
        std::string line(bytes);
        REQUIRE(line.ends_with("\r\n"));
        REQUIRE_FALSE(steps_.empty());
        const auto step = steps_.front();
        steps_.pop_front();
        const auto space = line.find(' ');
        if (space != line.npos && step.expects != "DONE\r\n") tag_ = line.substr(0, space);
        CHECK(line.ends_with(step.expects));
        std::string answer = step.answers;
        for (std::size_t at; (at = answer.find('$')) != answer.npos;) answer.replace(at, 1, tag_);
        out_ += answer;
        return {};
    }
    std::expected<void, WireFault> secure(std::chrono::milliseconds) override {
        secured = true;
        return {};
    }
    bool finished() const { return steps_.empty(); }
    bool ends = false, secured = false;

private:
    std::deque<Step> steps_;
    std::string out_, tag_;
};

}  // namespace sanad::email
