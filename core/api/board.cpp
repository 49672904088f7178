#include "core/api/board.h"

#include "core/api/contact_keys.h"

#include <algorithm>

namespace sanad::api {

using casework::Contact;
using casework::ContactState;
using casework::Urgency;

namespace {

std::uint64_t any_version(Entropy& entropy) {
    std::array<std::uint8_t, 8> bytes{};
    entropy.fill(bytes);
    return (read_big_endian<std::uint64_t>(bytes) >> 2) + 1;  // far from the end, and never 0
}

std::size_t row_of(Urgency level) {
    const bool is_set = level >= Urgency::u0 && level <= Urgency::u4;
    return static_cast<std::size_t>(is_set ? level : Urgency::u3) -
           static_cast<std::size_t>(Urgency::u0);
}

}  // namespace

Urgency Board::Entry::level() const { return casework::more_urgent(contact.urgency, suggested); }

bool Board::Entry::is_same(const Entry& other) const {
    return contact == other.contact && suggested == other.suggested && hints == other.hints;
}

Board::Board(Parts parts) : parts_(parts), first_(any_version(parts.entropy)), version_(first_) {
    parts_.feed.subscribe([this](const std::vector<store::Event>& events) { heard(events); });
}

void Board::heard(const std::vector<store::Event>& events) {
    const std::lock_guard lock(news_mutex_);
    if (all_changed_) return;
    for (const auto& event : events)
        if (event.name.starts_with("contact.")) changed_.insert(ContactId{event.subject});
    if (changed_.size() <= changed_max) return;
    changed_.clear();
    all_changed_ = true;
}

// What was noted is taken first and the snapshot opened second: a commit that the snapshot does
// not show is noted after it, for the next one who asks.
Result<void> Board::catch_up() {
    std::set<ContactId> changed;
    bool all = false;
    {
        const std::lock_guard lock(news_mutex_);
        changed.swap(changed_);
        all = std::exchange(all_changed_, false);
    }
    if (changed.empty() && !all) return {};
    auto done = [&]() -> Result<void> {
        const auto from = parts_.store.snapshot();
        if (!from) return std::unexpected(from.error());
        if (all) return read_all(**from);
        ++version_;
        for (const ContactId& id : changed)
            if (const auto read = read_again(**from, id); !read) return read;
        return {};
    }();
    if (done) return done;
    const std::lock_guard lock(news_mutex_);
    all_changed_ = true;
    return done;
}

Result<void> Board::read_all(store::Snapshot& from) {
    auto live = parts_.contacts.live(from, UINT32_MAX);
    if (!live) return std::unexpected(live.error());
    ++version_;
    std::set<ContactId> here;
    for (Contact& contact : *live) {
        here.insert(contact.id);
        auto entry = read(from, std::move(contact));
        if (!entry) return std::unexpected(entry.error());
        put(std::move(*entry));
    }
    moved_ = true;
    std::erase_if(entries_, [&](const auto& each) { return !here.contains(each.first); });
    return {};
}

Result<void> Board::read_again(store::Snapshot& from, const ContactId& id) {
    auto contact = parts_.contacts.find(from, id);
    const bool is_gone = !contact && contact.error().fault == Fault::not_found;
    if (!contact && !is_gone) return std::unexpected(contact.error());
    if (is_gone || !is_live(contact->state)) {
        drop(id);
        return {};
    }
    auto entry = read(from, std::move(*contact));
    if (!entry) return std::unexpected(entry.error());
    put(std::move(*entry));
    return {};
}

Result<Board::Entry> Board::read(store::Snapshot& from, Contact contact) {
    Entry entry;
    entry.contact = std::move(contact);
    const auto suggested = parts_.hints.suggested(from, entry.contact.id);
    if (!suggested) return std::unexpected(suggested.error());
    entry.suggested = *suggested;
    if (*suggested != Urgency::none) {
        auto hints = parts_.hints.of(from, entry.contact.id);
        if (!hints) return std::unexpected(hints.error());
        entry.hints = std::move(*hints);
    }
    return entry;
}

void Board::put(Entry entry) {
    auto& place = entries_[entry.contact.id];
    if (place && place->is_same(entry)) return;
    const bool stands_alike = place && place->contact.state == entry.contact.state &&
                              place->contact.waiting_since == entry.contact.waiting_since &&
                              place->level() == entry.level();
    if (!stands_alike) moved_ = true;
    entry.changed = version_;
    place = std::make_shared<const Entry>(std::move(entry));
}

void Board::drop(const ContactId& id) {
    if (entries_.erase(id) > 0) moved_ = true;
}

// A clock that was set back counts as one that moved.
void Board::put_in_order(Time now) {
    if (!moved_ && now >= ordered_at_ && now - ordered_at_ < ordered_for) return;
    std::vector<casework::Waiting> waiting;
    open_.clear();
    for (const auto& [id, entry] : entries_) {
        if (entry->contact.state == ContactState::waiting)
            waiting.push_back({id, entry->level(), entry->contact.waiting_since,
                               entry->contact.set_aside});
        else if (open_.size() < open_max)
            open_.push_back(id);
    }
    const casework::QueueRules rules;
    order_ = casework::order(waiting, rules, now);
    for (std::size_t i = 0; i < levels_.size(); ++i)
        levels_[i] = {static_cast<Urgency>(i + static_cast<std::size_t>(Urgency::u0)), 0, 0};
    longest_since_ = now;
    for (const auto& one : waiting) {
        longest_since_ = std::min(longest_since_, one.waiting_since);
        auto& level = levels_[row_of(one.urgency)];
        ++level.waiting;
        if (now - one.waiting_since > casework::pick_up_time(rules, one.urgency)) ++level.over;
    }
    moved_ = false;
    ordered_at_ = now;
}

Board::Front& Board::front_of(std::uint32_t limit) {
    const auto found = std::ranges::find(fronts_, limit, &Front::limit);
    if (found != fronts_.end()) {
        fronts_.splice(fronts_.begin(), fronts_, found);
    } else {
        fronts_.push_front({.limit = limit, .places = {}});
        if (fronts_.size() > fronts_max) fronts_.pop_back();
    }
    return fronts_.front();
}

Result<Board::View> Board::view(std::uint64_t known, std::uint32_t limit, Time now) {
    limit = std::clamp<std::uint32_t>(limit, 1, watched_max);
    const std::lock_guard lock(mutex_);
    if (const auto caught_up = catch_up(); !caught_up) return std::unexpected(caught_up.error());
    put_in_order(now);
    View view{.whole = known < first_ || known > version_,
              .waiting = static_cast<std::uint32_t>(order_.size()),
              .places = {},
              .open = {},
              .levels = levels_,
              .longest = std::max(Duration{0}, now - longest_since_)};
    // Who has come among the first, or stands there for another reason, has changed as well.
    Front& front = front_of(limit);
    std::map<ContactId, Front::Place> places;
    const std::uint64_t next = version_ + 1;
    bool moved = false;
    const casework::QueueRules rules;
    for (std::size_t i = 0; i < std::min<std::size_t>(limit, order_.size()); ++i) {
        const auto& [id, reason, at_ordering, score] = order_[i];
        const auto& entry = entries_.at(id);
        const auto before = front.places.find(id);
        const bool stays = before != front.places.end() && before->second.reason == reason;
        const auto since = stays ? before->second.since : next;
        moved = moved || !stays;
        places.emplace(id, Front::Place{since, reason});
        view.places.push_back({.entry = entry,
                               .reason = reason,
                               .waited = std::max(Duration{0}, now - entry->contact.waiting_since),
                               .target = casework::pick_up_time(rules, entry->level()),
                               .changed = view.whole || since > known || entry->changed > known});
    }
    front.places = std::move(places);
    if (moved) version_ = next;
    for (const ContactId& id : open_) {
        const auto& entry = entries_.at(id);
        view.open.emplace_back(entry, view.whole || entry->changed > known);
    }
    view.version = version_;
    return view;
}

Result<std::vector<casework::QueuePlace>> Board::order(Time now) {
    const std::lock_guard lock(mutex_);
    if (const auto caught_up = catch_up(); !caught_up) return std::unexpected(caught_up.error());
    put_in_order(now);
    return order_;
}

Result<std::map<std::string, std::uint32_t>> Board::open_counts() {
    const std::lock_guard lock(mutex_);
    if (const auto caught_up = catch_up(); !caught_up) return std::unexpected(caught_up.error());
    std::map<std::string, std::uint32_t> counts;
    for (const auto& [id, entry] : entries_)
        if (!entry->contact.opened_by.empty()) ++counts[entry->contact.opened_by];
    return counts;
}

}  // namespace sanad::api
