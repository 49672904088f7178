// SPDX-License-Identifier: Apache-2.0
#include "conformance/history.hpp"

#include "conformance/storage_client.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <thread>

namespace sanad::conformance {

namespace {

constexpr std::size_t mark_digits = 8;
constexpr std::chrono::seconds busy_limit{20};

bool begins_with(const std::vector<Mark>& whole, const std::vector<Mark>& part) {
    return part.size() <= whole.size() && std::equal(part.begin(), part.end(), whole.begin());
}

class Order {
public:
    explicit Order(const std::vector<HistoryEvent>& events) : events_(events) {}

    std::string contradiction() {
        for (std::size_t i = 0; i < events_.size(); ++i)
            if (!by_mark_.emplace(events_[i].mark, i).second) return "a mark was given twice";
        if (std::string wrong = find_lists(); !wrong.empty()) return wrong;
        after_.resize(events_.size());
        add_reads_and_writes();
        add_times();
        state_.resize(events_.size());
        for (std::size_t i = 0; i < events_.size(); ++i)
            if (has_cycle(i)) return "no order explains mark " + std::to_string(events_[i].mark);
        return {};
    }

private:
    // The last event's lists are the whole ones: every other is a beginning of its own.
    std::string find_lists() {
        for (const SeenList& list : events_.back().reads) whole_[list.key] = list.marks;
        std::set<std::pair<std::string, Mark>> kept;
        for (const auto& [key, marks] : whole_)
            for (const Mark mark : marks) {
                if (by_mark_.count(mark) == 0) return "a mark of nobody in " + key;
                if (!kept.emplace(key, mark).second) return "a mark twice in " + key;
            }
        for (const HistoryEvent& event : events_) {
            for (const SeenList& list : event.reads)
                if (!begins_with(whole_[list.key], list.marks))
                    return "two ends of the list " + list.key;
            for (const std::string& key : event.appends)
                if (kept.erase({key, event.mark}) == 0) return "a lost mark of " + key;
        }
        return kept.empty() ? "" : "a mark where none was appended: " + kept.begin()->first;
    }

    void edge(std::size_t from, std::size_t to) {
        if (from != to) after_[from].push_back(to);
    }

    void add_reads_and_writes() {
        for (const auto& [key, marks] : whole_)
            for (std::size_t i = 0; i + 1 < marks.size(); ++i)
                edge(by_mark_[marks[i]], by_mark_[marks[i + 1]]);
        for (std::size_t i = 0; i < events_.size(); ++i)
            for (const SeenList& list : events_[i].reads) {
                const auto& whole = whole_[list.key];
                const std::size_t seen = list.marks.size();
                if (seen > 0) edge(by_mark_[whole[seen - 1]], i);
                if (seen < whole.size()) edge(i, by_mark_[whole[seen]]);
            }
    }

    void add_times() {
        for (std::size_t i = 0; i < events_.size(); ++i)
            for (std::size_t j = 0; j < events_.size(); ++j)
                if (events_[i].ended < events_[j].began) edge(i, j);
    }

    bool has_cycle(std::size_t from) {
        if (state_[from] == State::open) return true;
        if (state_[from] == State::done) return false;
        state_[from] = State::open;
        for (const std::size_t to : after_[from])
            if (has_cycle(to)) return true;
        state_[from] = State::done;
        return false;
    }

    enum class State : std::uint8_t { unseen, open, done };
    const std::vector<HistoryEvent>& events_;
    std::map<Mark, std::size_t> by_mark_;
    std::map<std::string, std::vector<Mark>> whole_;
    std::vector<std::vector<std::size_t>> after_;
    std::vector<State> state_;
};

// Threads that work on one store and write down what they saw.
class Recording {
public:
    Recording(const sanad_store_v1& store, std::uint32_t table) : store_(store), table_(table) {}

    void write(unsigned seed, int times) {
        std::mt19937 random(seed);
        for (int i = 0; i < times; ++i) {
            HistoryEvent event = begun();
            sanad_txn* txn = begin(SANAD_TXN_WRITE);
            const std::size_t first = random() % keys_.size();
            event.reads = {read(txn, keys_[first]), read(txn, keys_[(first + 1) % keys_.size()])};
            event.appends = {keys_[first]};
            if (random() % 3 == 0) event.appends.push_back(event.reads[1].key);
            for (std::size_t n = 0; n < event.appends.size(); ++n) {
                std::vector<Mark> marks = event.reads[n].marks;
                marks.push_back(event.mark);
                const std::string value = value_of(marks);
                require_status(
                    store_.put(txn, table_, span_of(event.appends[n]), span_of(value), 0), SANAD_OK,
                    "put");
            }
            const sanad_status committed = store_.commit(txn);
            if (committed == SANAD_E_CONFLICT) continue;
            require_status(committed, SANAD_OK, "commit");
            keep(std::move(event));
        }
    }

    void look(unsigned seed, int times) {
        std::mt19937 random(seed);
        for (int i = 0; i < times; ++i) {
            HistoryEvent event = begun();
            sanad_txn* txn = begin(SANAD_TXN_READ);
            std::vector<std::string> keys = keys_;
            std::shuffle(keys.begin(), keys.end(), random);
            for (const std::string& key : keys) event.reads.push_back(read(txn, key));
            store_.abort(txn);
            keep(std::move(event));
        }
    }

    std::vector<HistoryEvent> events() const { return events_; }

private:
    HistoryEvent begun() {
        HistoryEvent event;
        event.mark = ++marks_;
        event.began = ++clock_;
        return event;
    }
    void keep(HistoryEvent event) {
        event.ended = ++clock_;
        const std::lock_guard<std::mutex> lock(mutex_);
        events_.push_back(std::move(event));
    }
    // The one writer's place, or a place among the readers.
    sanad_txn* begin(std::uint32_t mode) {
        sanad_txn* txn = nullptr;
        const auto end = std::chrono::steady_clock::now() + busy_limit;
        sanad_status begun = SANAD_E_BUSY;
        while (begun == SANAD_E_BUSY && std::chrono::steady_clock::now() < end) {
            begun = store_.begin(store_.self, mode, &txn);
            if (begun == SANAD_E_BUSY) std::this_thread::yield();
        }
        require_status(begun, SANAD_OK, "begin");
        return txn;
    }
    SeenList read(sanad_txn* txn, const std::string& key) const {
        sanad_span found{};
        const sanad_status got = store_.get(txn, table_, span_of(key), &found);
        if (got == SANAD_E_NOT_FOUND) return {key, {}};
        require_status(got, SANAD_OK, "get");
        return {key, marks_of(string_of(found))};
    }

    const sanad_store_v1& store_;
    std::uint32_t table_;
    const std::vector<std::string> keys_ = {"a", "b", "c", "d"};
    std::atomic<Mark> marks_{0};
    std::atomic<std::uint64_t> clock_{0};
    std::mutex mutex_;
    std::vector<HistoryEvent> events_;
};

}  // namespace

std::string contradiction(const std::vector<HistoryEvent>& events) {
    return events.empty() ? "nothing happened" : Order(events).contradiction();
}

std::string value_of(const std::vector<Mark>& marks) {
    std::string value;
    for (const Mark mark : marks) {
        const std::string digits = std::to_string(mark);
        value += std::string(mark_digits - digits.size(), '0') + digits;
    }
    return value;
}

std::vector<Mark> marks_of(const std::string& value) {
    std::vector<Mark> marks;
    for (std::size_t at = 0; at + mark_digits <= value.size(); at += mark_digits)
        marks.push_back(static_cast<Mark>(std::stoul(value.substr(at, mark_digits))));
    return marks;
}

void threads_have_an_order(StoreLab& lab) {
    const sanad_store_v1& store = opened(lab);
    Recording recording(store, table_of(store, "t"));
    std::mutex mutex;
    std::string failed;
    std::vector<std::thread> threads;
    for (unsigned seed = 1; seed <= 6; ++seed)
        threads.emplace_back([&, seed] {
            try {
                if (seed <= 4)
                    recording.write(seed, 30);
                else
                    recording.look(seed, 50);
            } catch (const Failure& failure) {
                const std::lock_guard<std::mutex> lock(mutex);
                failed = failure.what();
            }
        });
    for (std::thread& thread : threads) thread.join();
    require(failed.empty(), failed.c_str());
    recording.look(7, 1);
    const std::string wrong = contradiction(recording.events());
    require(wrong.empty(), wrong.c_str());
}

}  // namespace sanad::conformance
