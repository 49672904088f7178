#pragma once

#include "core/base/bytes.h"
#include "core/base/clock.h"
#include "core/base/entropy.h"
#include "core/base/ids.h"
#include "core/base/result.h"

#include <map>
#include <string>

namespace sanad::api {

/// Files on their way in through the door, part by part. They are in memory only until they are
/// whole and judged, and wiped then: a picture never touches the disk. threads  engine
class Uploads {
public:
    static constexpr std::size_t at_once_max = 8;
    static constexpr Duration life = std::chrono::minutes(10);

    Uploads() = default;
    ~Uploads();
    Uploads(const Uploads&) = delete;
    Uploads& operator=(const Uploads&) = delete;

    struct Upload {
        std::string actor;
        ReferralId referral;
        std::string name;
        Bytes content;
        Time at;
        bool judged = false;
    };

    /// A new one. `id` is of the caller's making: a command may run twice. errors  exhausted
    Result<void> begin(const std::string& id, Upload upload);

    /// Writes one part: what was there from `offset` on is replaced, so a command may run twice.
    /// errors  not_found: unknown, another's, or too old · invalid: a gap · bad_size: the file
    /// would be over `bytes_max`
    Result<Upload*> write(const std::string& id, const std::string& actor, std::size_t offset,
                          ByteView bytes, std::size_t bytes_max, Time now);

    /// Forgets and wipes what is judged. After the commit: before it, a command may run again.
    void end_judged();

private:
    template <typename Over>
    void end_if(Over over);
    void forget_old(Time now);

    std::map<std::string, Upload> uploads_;
};

}  // namespace sanad::api
