#pragma once

#include "core/base/descriptor.h"
#include "core/node/configuration.h"

#include <string>
#include <thread>

namespace sanad::node {

inline constexpr std::size_t fallback_visitors_max = 64;  // at once; who comes then waits
inline constexpr Duration fallback_visit_max{3'000};

/// What somebody reads who opens a channel that is down: a small page in the languages of every
/// node, with status 503 so that nothing takes it for the real one. Who does not speak HTTP is hung
/// up on. A line that ends with ": " and a number can be tapped. Plain HTTP: behind a web server
/// that speaks TLS, or on this machine.
class FallbackPage {
public:
    /// listening  the channel's socket, which the node owns
    /// text       what the channel's configuration gives for this
    FallbackPage(Descriptor listening, const NameInLanguages& text);
    ~FallbackPage();  // who is being answered is cut off
    FallbackPage(const FallbackPage&) = delete;
    FallbackPage& operator=(const FallbackPage&) = delete;

    /// The whole answer, head and page.
    static std::string answer(const NameInLanguages& text);

private:
    void serve();

    const Descriptor listening_;
    const std::string answer_;
    const Descriptor stop_;  // an eventfd
    std::thread thread_;
};

}  // namespace sanad::node
