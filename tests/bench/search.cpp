// ./dev bench search: how large the index of words is, how fast it is filled, and how long a search
// takes, on LMDB. Prints one JSON line.
//
//     search PLUGIN FOLDER CONTACTS
//
// Twenty invented messages of about twelve words in each contact, in two scripts, with the words as
// unevenly spread as in a language.
#include "core/api/search_indexer.h"
#include "core/casework/search_words.h"
#include "core/plugins/store_plugin.h"
#include "core/trust/keys.h"
#include "tests/bench/measure.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <thread>

namespace {

using namespace sanad;
using namespace sanad::bench;

constexpr std::size_t vocabulary_words = 20'000;
constexpr std::uint32_t messages_per_contact = 20;
constexpr std::uint32_t results = 20;
constexpr int queries = 1'000;
constexpr std::size_t under_way_max = 2'000;

/// Invented words of two to four syllables, half of them in Arabic letters; the first are the most
/// frequent, by Zipf's law.
class Vocabulary {
public:
    Vocabulary() {
        static constexpr const char* latin[] = {"ba", "chi", "dou", "fa", "gha", "ki", "la", "mi",
                                                "na", "ra",  "sa",  "ti", "wa",  "ya", "zi", "3a"};
        static constexpr const char* arabic[] = {"با", "شي", "دو", "فا", "غا", "كي", "لا", "مي",
                                                 "نا", "را", "سا", "تي", "وا", "يا", "زي", "عا"};
        for (std::size_t i = 0; i < vocabulary_words; ++i) {
            std::string word;
            const auto syllables = 2 + random_() % 3;
            for (std::size_t s = 0; s < syllables; ++s)
                word += (i % 2 == 0 ? latin : arabic)[random_() % 16];
            words_.push_back(word);
            total_ += 1.0 / double(i + 1);
            sums_.push_back(total_);
        }
    }

    const std::string& word() {
        const double at = std::uniform_real_distribution<double>(0, total_)(random_);
        return words_[std::size_t(std::ranges::lower_bound(sums_, at) - sums_.begin()) %
                      words_.size()];
    }
    std::string message() {
        std::string text;
        for (auto left = 8 + random_() % 9; left > 0; --left) text += word() + " ";
        return text;
    }
    std::mt19937& random() { return random_; }

private:
    std::mt19937 random_{1};
    std::vector<std::string> words_;
    std::vector<double> sums_;
    double total_ = 0;
};

Bytes bytes(const std::string& text) { return {text.begin(), text.end()}; }

class NoPlugins final : public api::Outward {
public:
    Result<void> deliver(store::Draft&, const casework::Contact&, const api::Reach&,
                         const api::ChatMessage&, Time) override {
        return {};
    }
    Result<void> connect(store::Draft&, const casework::Contact&, const api::Reach&,
                         const std::string&, Time) override {
        return {};
    }
    Result<void> control(store::Draft&, const casework::Contact&, const api::Reach&, api::CallAct,
                         const std::string&, Time) override {
        return {};
    }
    Result<void> dispatch(store::Draft&, const std::string&, const casework::Escalation&, ByteView,
                          const std::string&, Time) override {
        return {};
    }
};

casework::Taxonomies lists() {
    casework::Taxonomies taxonomies;
    for (const char* list : {"language", "channel"}) {
        std::ifstream file(std::string("config/taxonomy/") + list + ".tsv");
        std::stringstream text;
        text << file.rdbuf();
        need(taxonomies.add(list, text.str()), list);
    }
    return taxonomies;
}

trust::SymmetricKey random_key(Entropy& entropy) {
    std::array<std::uint8_t, trust::SymmetricKey::size> bytes{};
    entropy.fill(bytes);
    return trust::SymmetricKey(bytes);
}

/// A store with contacts and an index, and the thread of its engine.
struct Bench {
    NullLog log;
    SystemClock clock;
    trust::SystemEntropy entropy;
    plugins::OpenStore open;
    trust::StoreId store_id{};
    trust::Vault vault;
    store::Keyring keyring;
    store::Records records;
    store::Engine engine;
    std::unique_ptr<store::Feed> feed;
    casework::Taxonomies taxonomies = lists();
    NoPlugins outward;
    trust::SymmetricKey conversations, words;
    std::unique_ptr<api::Contacts> contacts;
    std::unique_ptr<api::Cases> cases;
    std::unique_ptr<store::SearchIndex> index;
    std::unique_ptr<api::SearchIndexer> indexer;
    std::jthread thread;

    Bench(const std::string& plugin, const std::string& folder)
        : open(
              need(plugins::open_store(
                       plugin, "{\"path\":\"" + folder + "\",\"mapSizeMiB\":16384,\"create\":true}",
                       log, clock),
                   "the store")),
          vault(random_key(entropy), store_id),
          keyring(vault, need(open.store->open_table("key"), "a table")),
          records(store_id, keyring, entropy),
          engine(*open.store, log),
          feed(need(store::Feed::open(*open.store, records), "the feed")),
          conversations(vault.derive(1)),
          words(vault.derive(3)),
          contacts(need(api::Contacts::open(*open.store, {records, *feed, taxonomies, entropy,
                                                          outward, conversations}),
                        "contacts")),
          cases(
              need(api::Cases::open(*open.store, {records, *feed, taxonomies, entropy, *contacts}),
                   "cases")),
          index(need(store::SearchIndex::open(*open.store, {records, words}), "the index")),
          indexer(std::make_unique<api::SearchIndexer>(api::SearchIndexer::Parts{
              *open.store, engine, records, *feed, *contacts, *cases, *index, log})) {
        engine.add(keyring);
        engine.add(*feed);
        thread = std::jthread([this](const std::stop_token& stop) {
            engine.run(stop, [] { return Duration{100}; });
        });
        run([&](store::Draft& draft) {
            return keyring.create(draft, store::node_key_id, entropy);
        });
    }
    ~Bench() {
        thread.request_stop();
        thread.join();
    }

    void submit(store::Engine::Work work) {
        while (under_way_ >= under_way_max) std::this_thread::yield();
        ++under_way_;
        need(engine.submit(std::move(work),
                           [this](const Result<void>& result) {
                               need(result, "a command");
                               --under_way_;
                           }),
             "the queue");
    }
    void finish() {
        while (under_way_ > 0) std::this_thread::yield();
    }
    void run(store::Engine::Work work) {
        submit(std::move(work));
        finish();
    }

private:
    std::atomic<std::size_t> under_way_ = 0;
};

/// All messages of all contacts, a message of each contact in turn.
double fill(Bench& bench, Vocabulary& vocabulary, std::uint32_t contacts) {
    const auto begin = Watch::now();
    for (std::uint32_t round = 0; round < messages_per_contact; ++round)
        for (std::uint32_t i = 0; i < contacts; ++i)
            bench.submit([&bench, i, round,
                          text = vocabulary.message()](store::Draft& draft) -> Result<void> {
                const auto made = bench.contacts->submit(
                    draft, {"chat", "webchat"},
                    {bytes("conversation-number-" + std::to_string(i)),
                     bytes("message-number-" + std::to_string(round)), text, "ary-Latn"},
                    bench.clock.now());
                if (!made) return std::unexpected(made.error());
                return {};
            });
    bench.finish();
    return seconds(Watch::now() - begin);
}

double index_all(Bench& bench) {
    const auto begin = Watch::now();
    while (need(bench.indexer->step(), "the index"))
        while (bench.indexer->is_under_way())
            std::this_thread::sleep_for(std::chrono::microseconds(50));
    return seconds(Watch::now() - begin);
}

/// As the door does it: finds, opens and cuts out what is shown. returns  how many
std::size_t look(Bench& bench, const std::string& words) {
    const auto query = need(casework::SearchQuery::parse(words), "the query");
    const auto snapshot = need(bench.open.store->snapshot(), "a snapshot");
    std::vector<store::SearchIndex::Term> terms;
    for (const auto& term : query.terms()) {
        terms.emplace_back();
        for (const auto& form : term.forms) terms.back().push_back(bench.index->token(form));
    }
    std::size_t count = 0;
    need(bench.index->find(
             *snapshot, terms,
             [&](const store::SearchIndex::Thing& thing) -> Result<bool> {
                 const auto events =
                     bench.contacts->events(*snapshot, ContactId{thing.id}, 0, UINT32_MAX);
                 if (!events) return std::unexpected(events.error());
                 for (auto event = events->rbegin(); event != events->rend(); ++event)
                     if (const auto word = query.first_in(event->text)) {
                         count += casework::around(event->text, word->first, 300).empty() ? 0 : 1;
                         break;
                     }
                 return count < results;
             }),
         "a search");
    return count;
}

/// One word, two words, or a word and a beginning, as people would.
std::string query_of(Vocabulary& vocabulary, int number) {
    std::string words = vocabulary.word();
    if (number % 3 == 1) words += " " + vocabulary.word();
    if (number % 3 == 2) {
        const auto key = fold_words(vocabulary.word()).front().key;
        const auto beginning = beginning_of(key, 4);
        words += " " + (beginning.empty() ? key : std::string(beginning));
    }
    return words;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) give_up("search PLUGIN FOLDER CONTACTS");
    const auto contacts = static_cast<std::uint32_t>(std::stoul(argv[3]));
    Vocabulary vocabulary;
    Bench bench(argv[1], argv[2]);
    const auto size = [&] {
        return std::filesystem::file_size(std::string(argv[2]) + "/data.mdb");
    };
    const auto fill_s = fill(bench, vocabulary, contacts);
    const auto before = size();
    const auto index_s = index_all(bench);
    const auto bytes = size() - before;
    std::vector<double> spans;
    std::size_t found = 0;
    for (int i = 0; i < queries; ++i) {
        const auto words = query_of(vocabulary, i);
        const auto begin = Watch::now();
        found += look(bench, words);
        spans.push_back(microseconds(Watch::now() - begin) / 1'000);
    }
    const double messages = double(contacts) * messages_per_contact;
    std::printf(
        "{\"messages\": %.0f, \"contacts\": %u, \"fill_messages_per_s\": %.0f, "
        "\"store_mib\": %.1f, \"index_mib\": %.1f, \"index_bytes_per_message\": %.0f, "
        "\"indexed_messages_per_s\": %.0f, \"search_p50_ms\": %.3f, \"search_p99_ms\": %.3f, "
        "\"search_max_ms\": %.3f, \"found_per_search\": %.1f}\n",
        messages, contacts, messages / fill_s, double(before) / 1048576, double(bytes) / 1048576,
        double(bytes) / messages, messages / index_s, quantile(spans, 0.5), quantile(spans, 0.99),
        quantile(spans, 1), double(found) / queries);
    return found > 0 ? 0 : 1;
}
