#pragma once

#include "core/store/engine.h"
#include "core/store/records.h"

#include <string>
#include <vector>

namespace sanad::store {

/// Something a plugin instance has to bring out. It leaves the outbox only when the plugin accepted
/// it or refused it for good, and is given again with the same number until then.
struct OutboxItem {
    std::uint64_t number = 0;  // from 1, in the order of writing; also the call id
    std::uint32_t method = 0;  // sanad/methods.h
    Bytes request{};
    std::array<std::uint8_t, 16> subject{};  // the contact or escalation
    Time created_at{};
    Time not_before{};
    std::uint32_t attempt = 0;  // tries so far
    std::uint8_t strikes = 0;   // of them, those with which the plugin's process ended
    bool dead = false;          // a dead letter: it is not given again unless a person says so
    KeyId owner = node_key_id;  // whose key seals it; once that is destroyed it is gone
};

/// A queue for each plugin instance. threads  engine, but read() any
class Outbox final : public Engine::Participant {
public:
    static constexpr std::size_t request_bytes_max = 256 * 1024;

    static Result<std::unique_ptr<Outbox>> open(Store& store, Records& records);

    /// instance  1..31 bytes, the plugin instance's name
    Result<void> add(Draft& draft, const std::string& instance, OutboxItem item);
    /// Writes the item again, after a try that is to be repeated. errors  not_found
    Result<void> update(Draft& draft, const std::string& instance, const OutboxItem& item);
    Result<void> remove(Draft& draft, const std::string& instance, std::uint64_t number);

    /// The oldest items of `instance` with a number above `after`, due or not, at most `limit`;
    /// those of an erased owner are not among them.
    Result<std::vector<OutboxItem>> read(Snapshot& from, const std::string& instance,
                                         std::uint64_t after, std::uint32_t limit);

    Result<void> before_commit(Transaction& transaction) override;
    void committed() override { durable_last_ = last_; }
    void rolled_back() override { last_ = durable_last_; }

    Outbox(Records& records, SealedTable items, SealedTable end)
        : records_(records), items_(std::move(items)), end_(std::move(end)) {}

private:
    Records& records_;
    SealedTable items_;  // instance, zero byte, number -> OutboxRecord; its owner in the clear
    SealedTable end_;    // "outbox" -> the last number given
    std::uint64_t last_ = 0;
    std::uint64_t durable_last_ = 0;
};

}  // namespace sanad::store
