#pragma once

#include <sanad/host.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace sanad::phone {

/// The calls that are going on, on the node's disk: so that those which end with this process, and
/// not by anybody's wish, are closed by the next one, and nobody waits in a queue for a telephone
/// that was hung up long ago.
class LiveCalls {
public:
    /// most  calls at once
    explicit LiveCalls(std::size_t most) : taken_(most, false) {}

    /// A place for one more. Nothing: all are taken. threads  that of the lines
    std::optional<std::size_t> take();
    /// threads  that of the lines
    void give_back(std::size_t place) { taken_[place] = false; }

    // What these ask of the node ends after a commit. threads  any
    static void begin(plugin::Host& host, std::size_t place, const std::string& conversation);
    static void end(plugin::Host& host, std::size_t place);

    /// Closes what a former process left: whoever waited has hung up, whoever talked was cut off.
    /// returns  how many
    std::size_t close_former(plugin::Host& host) const;

private:
    std::vector<bool> taken_;
};

}  // namespace sanad::phone
