#pragma once

#include "core/api/accounts.h"
#include "core/store/feed.h"
#include "core/store/records.h"

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace sanad::api {

/// A telephone of a member of staff, as SIP knows it.
struct Phone {
    std::string name, owner, label;
    Time created_at;
    std::array<std::uint8_t, 16> ha1{};
};

/// The telephones of the staff: each has a name and a password of its own, which is random, shown
/// once and kept only as what SIP makes of it. One of somebody whose account is disabled is none.
class Phones {
public:
    static constexpr std::string_view realm =
        "sanad";  // of every password: the phone channel's too
    static constexpr std::uint32_t phones_max = 2'000;
    static constexpr std::size_t phones_of_one_max = 8;
    static constexpr std::size_t label_bytes_max = 64;
    static constexpr std::size_t reachable_max = 2'000;

    /// All of it outlives the phones.
    struct Parts {
        store::Records& records;
        store::Feed& feed;
        Accounts& accounts;
        Entropy& entropy;
        const trust::SymmetricKey& index_key;
    };
    static Result<std::unique_ptr<Phones>> open(store::Store& store, Parts parts);

    struct Made {
        std::string name, password;
    };
    /// A new one. Event `phone.changed`, for its owner.
    /// label    0..label_bytes_max bytes
    /// returns  its name, "d-" and 8 characters, and its password of 20, in base32
    /// errors   exhausted, malformed, bad_size
    /// threads  engine
    Result<Made> add(store::Draft& draft, const std::string& owner, const std::string& label,
                     Time now);
    /// It is none any more, from this commit on. Event `phone.changed`. errors  not_found
    /// threads  engine
    Result<void> remove(store::Draft& draft, const std::string& name, Time now);

    /// One that exists, of somebody who may act now; else nothing. threads  any
    Result<std::optional<Phone>> find(store::Snapshot& from, const std::string& name);
    /// Those of one member of staff, or of all when `owner` is empty; the oldest first. threads any
    Result<std::vector<Phone>> list(store::Snapshot& from, const std::string& owner);

    /// The phone channel says that these can be rung. In memory only. threads  any
    void reached(const std::vector<std::string>& names, Time now);
    /// When it last said so; the beginning of time: not since this process began. threads  any
    Time reached_at(const std::string& name) const;
    /// The one of `owner` that was reached last, else their newest. errors  denied:
    /// phone_missing. threads  any
    Result<Phone> best(store::Snapshot& from, const std::string& owner);

    explicit Phones(Parts parts) : parts_(parts) {}

private:
    trust::Digest key_of(const std::string& name) const;
    std::string random_text(std::size_t characters);

    Parts parts_;
    store::SealedTable table_;  // keyed token of the name -> PhoneRecord
    mutable std::mutex mutex_;  // guards reached_
    std::map<std::string, Time> reached_;
};

}  // namespace sanad::api
