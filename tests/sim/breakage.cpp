#include "tests/sim/breakage.h"

#include "core/federation/frame.h"
#include "core/federation/link_recovery.h"

#include <array>

namespace sanad::sim {
namespace {

constexpr std::array<std::pair<std::string_view, Breakage>, 8> names{
    {{"early_ack", Breakage::early_ack},
     {"lost_write", Breakage::lost_write},
     {"no_dedupe", Breakage::no_dedupe},
     {"skip_entry", Breakage::skip_entry},
     {"lose_receipt", Breakage::lose_receipt},
     {"repeat_act", Breakage::repeat_act},
     {"ack_first", Breakage::ack_first},
     {"no_recovery", Breakage::no_recovery}}};

constexpr unsigned lost_writes_percent = 20;
constexpr unsigned skipped_entries_percent = 20;

class TwiceApplier final : public federation::Applier {
public:
    explicit TwiceApplier(federation::Applier& inner) : inner_(inner) {}
    Result<KeyId> apply(store::Draft& draft, const federation::ReceivedEntry& entry,
                        Time now) override {
        const auto owner = inner_.apply(draft, entry, now);
        if (!owner || !entry.body || entry.body->kind != federation::BodyKind::referral)
            return owner;
        return inner_.apply(draft, entry, now);
    }

private:
    federation::Applier& inner_;
};

class SkippingApplier final : public federation::Applier {
public:
    SkippingApplier(federation::Applier& inner, Chance& chance) : inner_(inner), chance_(chance) {}
    Result<KeyId> apply(store::Draft& draft, const federation::ReceivedEntry& entry,
                        Time now) override {
        if (chance_.percent(skipped_entries_percent)) return store::node_key_id;
        return inner_.apply(draft, entry, now);
    }

private:
    federation::Applier& inner_;
    Chance& chance_;
};

class ForgetfulTransaction final : public store::Transaction {
public:
    ForgetfulTransaction(std::unique_ptr<store::Transaction> inner, std::uint32_t forgotten,
                         Chance& chance)
        : inner_(std::move(inner)), forgotten_(forgotten), chance_(chance) {}
    Result<std::optional<ByteView>> get(store::Table table, ByteView key) override {
        return inner_->get(table, key);
    }
    Result<void> scan(store::Table table, ByteView lo, ByteView hi, store::Order order,
                      std::uint32_t limit, const store::RowSink& sink) override {
        return inner_->scan(table, lo, hi, order, limit, sink);
    }
    Result<void> put(store::Table table, ByteView key, ByteView value) override {
        if (table.number == forgotten_ && chance_.percent(lost_writes_percent)) return {};
        return inner_->put(table, key, value);
    }
    Result<void> del(store::Table table, ByteView key) override { return inner_->del(table, key); }
    Result<void> commit() override { return inner_->commit(); }

private:
    std::unique_ptr<store::Transaction> inner_;
    std::uint32_t forgotten_;
    Chance& chance_;
};

class ForgetfulStore final : public store::Store {
public:
    ForgetfulStore(std::unique_ptr<store::Store> inner, Chance& chance)
        : inner_(std::move(inner)), chance_(chance) {}
    Result<store::Table> open_table(std::string_view name) override {
        const auto table = inner_->open_table(name);
        if (table && name == "link.end") forgotten_ = table->number;
        return table;
    }
    Result<std::unique_ptr<store::Snapshot>> snapshot() override { return inner_->snapshot(); }
    Result<std::unique_ptr<store::Transaction>> begin() override {
        auto begun = inner_->begin();
        if (!begun) return begun;
        return std::make_unique<ForgetfulTransaction>(std::move(*begun), forgotten_, chance_);
    }
    Result<void> backup(int file_descriptor) override { return inner_->backup(file_descriptor); }

private:
    std::unique_ptr<store::Store> inner_;
    Chance& chance_;
    std::uint32_t forgotten_ = UINT32_MAX;
};

}  // namespace

Result<Breakage> breakage_from(std::string_view name) {
    for (const auto& [known, breakage] : names)
        if (known == name) return breakage;
    return fail(Fault::not_found, "breakage");
}

std::string_view breakage_names() {
    return "early_ack|lost_write|no_dedupe|skip_entry|lose_receipt|repeat_act|ack_first|no_"
           "recovery";
}

support::Between between(Breakage breakage, Chance& chance) {
    support::Between spoilt;
    if (breakage == Breakage::no_dedupe)
        spoilt.applier = [](federation::Applier& inner) {
            return std::make_unique<TwiceApplier>(inner);
        };
    if (breakage == Breakage::skip_entry)
        spoilt.applier = [&chance](federation::Applier& inner) {
            return std::make_unique<SkippingApplier>(inner, chance);
        };
    if (breakage == Breakage::lost_write)
        spoilt.store = [&chance](std::unique_ptr<store::Store> inner) {
            return std::make_unique<ForgetfulStore>(std::move(inner), chance);
        };
    return spoilt;
}

Network::Swallow swallow(Breakage breakage) {
    if (breakage == Breakage::no_recovery)
        return [](ByteView bytes) {
            const auto frame = federation::parse_frame(bytes);
            const auto* beside = frame ? std::get_if<federation::Beside>(&*frame) : nullptr;
            return beside != nullptr && beside->topic == federation::recovery_topic;
        };
    if (breakage != Breakage::lose_receipt) return {};
    return [](ByteView bytes) {
        const auto frame = federation::parse_frame(bytes);
        return frame && std::holds_alternative<federation::Ack>(*frame);
    };
}

}  // namespace sanad::sim
