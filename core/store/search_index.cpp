#include "core/store/search_index.h"

#include "core/trust/hash.h"

#include <algorithm>

namespace sanad::store {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint32_t rows_at_once = 128;
constexpr std::string_view position_key = "position";

using Token = SearchIndex::Token;

Bytes word_key(const Token& token, std::uint32_t number) {
    Bytes key(token.begin(), token.end());
    append_big_endian(key, number);
    return key;
}

Bytes number_key(std::uint32_t number) {
    Bytes key;
    append_big_endian(key, number);
    return key;
}

/// The numbers of one token, from high to low, read a piece at a time.
class Numbers {
public:
    Numbers(Snapshot& from, Table words, const Token& token)
        : from_(from), words_(words), token_(token) {}

    /// The highest number that is at most `most`; asked with smaller ones each time.
    Result<std::optional<std::uint32_t>> at_most(std::uint32_t most) {
        while (next_ < numbers_.size() && numbers_[next_] > most) ++next_;
        if (next_ < numbers_.size()) return numbers_[next_];
        if (complete_) return std::nullopt;
        if (const auto read_more = read(most); !read_more)
            return std::unexpected(read_more.error());
        if (numbers_.empty()) return std::nullopt;
        return numbers_.front();
    }

private:
    Result<void> read(std::uint32_t most) {
        numbers_.clear();
        next_ = 0;
        const auto end = most == UINT32_MAX ? after_prefix(token_) : word_key(token_, most + 1);
        const auto scanned = from_.scan(
            words_, ByteView(token_), end, Order::descending, rows_at_once, [&](const Row& row) {
                if (row.key.size() == token_.size() + 4)
                    numbers_.push_back(
                        read_big_endian<std::uint32_t>(row.key.subspan(token_.size())));
                return true;
            });
        complete_ = numbers_.size() < rows_at_once;
        return scanned;
    }

    Snapshot& from_;
    Table words_;
    Token token_;
    std::vector<std::uint32_t> numbers_;
    std::size_t next_ = 0;
    bool complete_ = false;
};

Result<std::optional<std::uint32_t>> highest(std::vector<Numbers>& any, std::uint32_t most) {
    std::optional<std::uint32_t> best;
    for (auto& numbers : any) {
        const auto one = numbers.at_most(most);
        if (!one) return one;
        if (*one && (!best || **one > *best)) best = *one;
    }
    return best;
}

}  // namespace

Result<std::vector<std::array<std::uint8_t, 16>>> ids_behind(
    Snapshot& from, Table table, const std::array<std::uint8_t, 16>& after, std::uint32_t limit) {
    std::vector<std::array<std::uint8_t, 16>> ids;
    Bytes first(after.begin(), after.end());
    first.push_back(0);
    const auto scanned = from.scan(table, first, {}, Order::ascending, limit, [&](const Row& row) {
        std::array<std::uint8_t, 16> id{};
        if (row.key.size() == id.size()) {
            std::copy_n(row.key.begin(), id.size(), id.begin());
            ids.push_back(id);
        }
        return true;
    });
    if (!scanned) return std::unexpected(scanned.error());
    return ids;
}

Result<std::unique_ptr<SearchIndex>> SearchIndex::open(Store& store, Parts parts) {
    auto index = std::make_unique<SearchIndex>(parts);
    const auto words = store.open_table("search.word");
    if (!words) return std::unexpected(words.error());
    index->words_ = *words;
    const std::pair<SealedTable*, const char*> tables[] = {{&index->things_, "search.thing"},
                                                           {&index->lists_, "search.list"},
                                                           {&index->ends_, "search.position"}};
    for (const auto& [table, name] : tables) {
        auto opened = Records::open_table(store, name);
        if (!opened) return std::unexpected(opened.error());
        *table = std::move(*opened);
    }
    return index;
}

Token SearchIndex::token(std::string_view word) const {
    const auto whole = trust::keyed_token(parts_.key, bytes_of(word));
    Token token{};
    std::copy_n(whole.begin(), token.size(), token.begin());
    return token;
}

Result<void> SearchIndex::add(Draft& draft, const Addition& addition) {
    const auto& [thing, after, added] = addition;
    for (const auto& token : added)
        if (const auto put = draft.put(words_, word_key(token, after.number), {}); !put) return put;
    Bytes who{version, thing.kind};
    append(who, thing.id);
    if (const auto put =
            parts_.records.put(draft, things_, number_key(after.number), node_key_id, who);
        !put)
        return put;
    Bytes list{version};
    append_big_endian(list, after.number);
    append_big_endian(list, after.through);
    for (const auto& token : after.tokens) append(list, token);
    return parts_.records.put(draft, lists_, thing.id, node_key_id, list);
}

Result<void> SearchIndex::forget(Draft& draft, const ThingId& id) {
    const auto gone = known(draft, id);
    if (!gone) return std::unexpected(gone.error());
    if (!*gone) return {};
    for (const auto& token : (*gone)->tokens)
        if (const auto del = draft.del(words_, word_key(token, (*gone)->number)); !del) return del;
    if (const auto del = draft.del(things_.table, number_key((*gone)->number)); !del) return del;
    return draft.del(lists_.table, id);
}

Result<std::optional<SearchIndex::Known>> SearchIndex::known(Snapshot& from, const ThingId& id) {
    const auto bytes = parts_.records.get(from, lists_, id);
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    ByteView rest = **bytes;
    constexpr std::size_t head = 1 + 4 + 4;
    if (rest.size() < head || rest[0] != version || (rest.size() - head) % Token().size() != 0)
        return fail(Fault::malformed, "search list");
    Known known;
    known.number = read_big_endian<std::uint32_t>(rest.subspan(1));
    known.through = read_big_endian<std::uint32_t>(rest.subspan(5));
    rest = rest.subspan(head);
    known.tokens.resize(rest.size() / Token().size());
    for (auto& token : known.tokens) {
        std::copy_n(rest.begin(), token.size(), token.begin());
        rest = rest.subspan(token.size());
    }
    return known;
}

Result<std::vector<SearchIndex::ThingId>> SearchIndex::things(Snapshot& from, const ThingId& after,
                                                              std::uint32_t limit) {
    return ids_behind(from, lists_.table, after, limit);
}

Result<void> SearchIndex::set_position(Draft& draft, const Position& position) {
    Bytes bytes{version};
    append_big_endian(bytes, position.sequence);
    append_big_endian(bytes, position.next_number);
    bytes.push_back(position.pass);
    append(bytes, position.pass_after);
    append_big_endian(bytes, position.pass_sequence);
    return parts_.records.put(draft, ends_, bytes_of(position_key), node_key_id, bytes);
}

Result<std::optional<SearchIndex::Position>> SearchIndex::position(Snapshot& from) {
    const auto bytes = parts_.records.get(from, ends_, bytes_of(position_key));
    if (!bytes) return std::unexpected(bytes.error());
    if (!*bytes) return std::nullopt;
    const ByteView in = **bytes;
    if (in.size() != 1 + 8 + 4 + 1 + 16 + 8 || in[0] != version)
        return fail(Fault::malformed, "search position");
    Position position{.sequence = read_big_endian<std::uint64_t>(in.subspan(1)),
                      .next_number = read_big_endian<std::uint32_t>(in.subspan(9)),
                      .pass = in[13],
                      .pass_after = {},
                      .pass_sequence = read_big_endian<std::uint64_t>(in.subspan(30))};
    std::copy_n(in.begin() + 14, position.pass_after.size(), position.pass_after.begin());
    return position;
}

Result<void> SearchIndex::find(Snapshot& from, std::span<const Term> terms, const Found& found) {
    std::vector<std::vector<Numbers>> all;
    for (const auto& term : terms) {
        all.emplace_back();
        for (const auto& token : term) all.back().emplace_back(from, words_, token);
    }
    if (all.empty()) return {};
    for (std::uint32_t most = UINT32_MAX;;) {
        // All terms agree on `most`, or it goes down to where they might.
        const auto before = most;
        for (auto& term : all) {
            const auto next = highest(term, most);
            if (!next) return std::unexpected(next.error());
            if (!*next) return {};
            most = **next;
        }
        if (all.size() > 1 && most != before) continue;
        const auto who = parts_.records.get(from, things_, number_key(most));
        if (!who) return std::unexpected(who.error());
        if (*who && (*who)->size() == 2 + ThingId().size()) {
            Thing thing{.kind = (**who)[1], .id = {}};
            std::copy_n((*who)->begin() + 2, thing.id.size(), thing.id.begin());
            const auto more = found(thing);
            if (!more) return std::unexpected(more.error());
            if (!*more) return {};
        }
        if (most == 0) return {};
        --most;
    }
}

}  // namespace sanad::store
