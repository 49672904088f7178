#include "core/plugins/store_copy.h"

#include "core/base/bytes.h"
#include "core/plugins/span.h"
#include "core/plugins/status.h"
#include "core/store/store.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace sanad::plugins {

namespace {

constexpr std::string_view last_table = "meta";
constexpr std::size_t transaction_bytes_max = 8U << 20;
constexpr std::size_t transaction_rows_max = 4096;
constexpr int conflict_tries_max = 8;

using Sink = std::function<Result<void>(const sanad_row&)>;

// A read transaction that ends with it.
class View {
public:
    static Result<View> begin(const sanad_store_v1& store) {
        sanad_txn* txn = nullptr;
        const sanad_status begun = store.begin(store.self, SANAD_TXN_READ, &txn);
        if (begun != SANAD_OK) return fail_with(begun, "store.begin");
        return View(store, txn);
    }
    ~View() {
        if (txn_ != nullptr) store_->abort(txn_);
    }
    View(View&& other) noexcept : store_(other.store_), txn_(std::exchange(other.txn_, nullptr)) {}
    View(const View&) = delete;
    View& operator=(const View&) = delete;

    Result<void> each_row(std::uint32_t table, const Sink& sink) const {
        struct Context {
            const Sink& sink;
            Result<void> result;
        } context{sink, {}};
        const auto take = [](void* to, const sanad_row* rows, std::size_t n) {
            auto& into = *static_cast<Context*>(to);
            for (std::size_t i = 0; i < n && into.result; ++i) into.result = into.sink(rows[i]);
            return into.result ? 0 : 1;
        };
        const sanad_status scanned = store_->scan(txn_, table, {}, {}, 0, 0, take, &context);
        if (!context.result) return context.result;
        if (scanned != SANAD_OK) return fail_with(scanned, "store.scan");
        return {};
    }

private:
    View(const sanad_store_v1& store, sanad_txn* txn) : store_(&store), txn_(txn) {}
    const sanad_store_v1* store_;
    sanad_txn* txn_;
};

Result<std::vector<std::string>> names_of(const sanad_store_v1& store) {
    if (!SANAD_HAS(&store, list_tables) || store.list_tables == nullptr)
        return fail(Fault::unsupported, "store.list_tables");
    std::vector<std::string> names;
    const auto take = [](void* to, const sanad_row* rows, std::size_t n) {
        for (std::size_t i = 0; i < n; ++i)
            static_cast<std::vector<std::string>*>(to)->emplace_back(text_of(view_of(rows[i].key)));
        return 0;
    };
    const sanad_status listed = store.list_tables(store.self, take, &names);
    if (listed != SANAD_OK) return fail_with(listed, "store.list_tables");
    std::ranges::sort(names);
    return names;
}

// The tables by their names, with their numbers.
using Tables = std::vector<std::pair<std::string, std::uint32_t>>;

Result<Tables> tables_of(const sanad_store_v1& store, const std::vector<std::string>& names) {
    Tables tables;
    for (const std::string& name : names) {
        std::uint32_t number = 0;
        const sanad_status opened = store.open_table(store.self, name.c_str(), &number);
        if (opened != SANAD_OK) return fail_with(opened, "store.open_table");
        tables.emplace_back(name, number);
    }
    return tables;
}

// Of each row what it is and where; the chain makes the order part of it.
class Chain {
public:
    void begin_table(const std::string& name) {
        name_ = name;
        is_empty_ = true;
    }
    // False: no store that is whole has this row behind the one before.
    bool add(ByteView key, ByteView value) {
        if (key.empty() || key.size() > store::key_bytes_max ||
            value.size() > store::value_bytes_max ||
            (!is_empty_ && !std::ranges::lexicographical_compare(previous_, key)))
            return false;
        previous_.assign(key.begin(), key.end());
        if (std::exchange(is_empty_, false)) {
            ++content_.tables;
            link(bytes_of(name_), {});
        }
        link(key, value);
        ++content_.rows;
        content_.bytes += key.size() + value.size();
        return true;
    }
    const StoreContent& content() const { return content_; }

private:
    void link(ByteView first, ByteView second) {
        piece_.assign(content_.digest.begin(), content_.digest.end());
        append_big_endian(piece_, static_cast<std::uint32_t>(first.size()));
        append(piece_, first);
        append(piece_, second);
        content_.digest = trust::sha256(piece_);
    }
    StoreContent content_;
    std::string name_;
    bool is_empty_ = true;
    Bytes previous_, piece_;
};

// Says now and then how far a step is.
class Teller {
public:
    Teller(const Told& told, Progress step) : told_(told), at_(step) { tell(); }
    void count() {
        if (++at_.rows % told_each_rows == 0) tell();
    }

private:
    void tell() const {
        if (told_) told_(at_);
    }
    const Told& told_;
    Progress at_;
};

// Rows on their way into a table, a transaction for some MiB of them.
class Filler {
public:
    Filler(const sanad_store_v1& store, std::uint32_t table) : store_(store), table_(table) {}

    Result<void> add(ByteView key, ByteView value) {
        rows_.emplace_back(Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end()));
        bytes_ += key.size() + value.size();
        return bytes_ >= transaction_bytes_max || rows_.size() >= transaction_rows_max
                   ? flush()
                   : Result<void>();
    }
    Result<void> flush() {
        std::vector<sanad_op> ops;
        for (const auto& [key, value] : rows_)
            ops.push_back(
                {table_, SANAD_OP_PUT, {key.data(), key.size()}, {value.data(), value.size()}});
        sanad_status applied = ops.empty() ? SANAD_OK : SANAD_E_CONFLICT;
        for (int tries = 0; tries < conflict_tries_max && applied == SANAD_E_CONFLICT; ++tries)
            applied = store_.apply(store_.self, ops.data(), ops.size());
        rows_.clear();
        bytes_ = 0;
        if (applied != SANAD_OK) return fail_with(applied, "store.apply");
        return {};
    }

private:
    const sanad_store_v1& store_;
    std::uint32_t table_;
    std::vector<std::pair<Bytes, Bytes>> rows_;
    std::size_t bytes_ = 0;
};

Result<void> copy_table(const View& view, std::uint32_t from, const sanad_store_v1& to,
                        std::uint32_t table, Teller& teller) {
    Filler filler(to, table);
    const auto copied = view.each_row(from, [&](const sanad_row& row) {
        teller.count();
        return filler.add(view_of(row.key), view_of(row.value));
    });
    return copied ? filler.flush() : copied;
}

Result<StoreContent> content_of(const View& view, const Tables& tables, Teller teller) {
    Chain chain;
    for (const auto& [name, number] : tables) {
        chain.begin_table(name);
        const auto read = view.each_row(number, [&](const sanad_row& row) -> Result<void> {
            teller.count();
            if (chain.add(view_of(row.key), view_of(row.value))) return {};
            return fail(Fault::invalid, "the store is damaged: rows out of order");
        });
        if (!read) return std::unexpected(read.error());
    }
    return chain.content();
}

}  // namespace

Result<StoreContent> content_of(const sanad_store_v1& store, const Told& told, Progress step) {
    const auto names = names_of(store);
    if (!names) return std::unexpected(names.error());
    const auto tables = tables_of(store, *names);
    if (!tables) return std::unexpected(tables.error());
    const auto view = View::begin(store);
    if (!view) return std::unexpected(view.error());
    return content_of(*view, *tables, Teller(told, step));
}

Result<StoreContent> copy_store(const sanad_store_v1& from, const sanad_store_v1& to,
                                const Told& told) {
    const auto there = content_of(to);
    if (!there) return there;
    if (there->rows > 0) return fail(Fault::conflict, "the other store holds something already");
    const auto names = names_of(from);
    if (!names) return std::unexpected(names.error());
    const auto sources = tables_of(from, *names);
    if (!sources) return std::unexpected(sources.error());
    const auto targets = tables_of(to, *names);
    if (!targets) return std::unexpected(targets.error());
    const auto view = View::begin(from);
    if (!view) return std::unexpected(view.error());
    const auto content = content_of(*view, *sources, Teller(told, {}));
    if (!content) return content;
    Teller teller(told, {.step = Progress::Step::copying, .of = content->rows});
    for (const bool is_last : {false, true})
        for (std::size_t i = 0; i < sources->size(); ++i) {
            if (((*sources)[i].first == last_table) != is_last) continue;
            const auto copied =
                copy_table(*view, (*sources)[i].second, to, (*targets)[i].second, teller);
            if (!copied) return std::unexpected(copied.error());
        }
    return content;
}

}  // namespace sanad::plugins
