#include "nodes/plugin-check/check.h"

#include "core/plugins/configuration.h"
#include "core/plugins/instance.h"
#include "nodes/plugin-check/child.h"

#include <sanad/store.h>
#include <conformance/storage.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstdio>

// The conformance suite of the SDK, over any storage plugin that says how it is opened.
namespace sanad::plugin_check {

namespace {

namespace fs = std::filesystem;

// A storage plugin may call nothing.
class NoNode final : public plugins::HostServices {
    sanad_status call(std::string_view, std::uint32_t, ByteView, plugins::Reply&) override {
        return SANAD_E_DENIED;
    }
};

class PluginLab final : public conformance::StoreLab {
public:
    explicit PluginLab(const Subject& subject) : subject_(subject) {}

    const sanad_store_v1* open() override {
        instance_ = start(made_ ? again() : subject_.settings.first);
        made_ = made_ || instance_;
        return table(instance_.get());
    }
    void close() override { instance_.reset(); }
    bool refuses_second_opening() override { return start(again()) == nullptr; }
    // The copy becomes <folder>/backup/data.mdb: a name of its own is asked for by one plugin.
    const sanad_store_v1* open_backup(int fd) override {
        std::error_code fault;
        fs::create_directory(subject_.folder / "backup", fault);
        if (!keep(fd, subject_.folder / "backup" / "data.mdb")) return nullptr;
        backup_ = start(subject_.settings.restored);
        return table(backup_.get());
    }

private:
    const std::string& again() const {
        return subject_.settings.again.empty() ? subject_.settings.first : subject_.settings.again;
    }
    std::unique_ptr<plugins::Instance> start(const std::string& settings) {
        if (!library_) return nullptr;
        const auto configuration = plugins::Configuration::load(library_->config_schema());
        if (!configuration) return nullptr;
        const auto config = (*configuration)->from_json(filled(settings, subject_));
        if (!config) throw conformance::Failure("settings: " + config.error().detail);
        auto made = plugins::run_in_process(library_, "checked", node_, log_, clock_);
        if (!made || !(*made)->configure(*config) || !(*made)->start()) return nullptr;
        return std::move(*made);
    }
    static bool keep(int from, const fs::path& to) {
        const Descriptor file(::open(to.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        std::array<char, 1 << 16> piece;
        for (;;) {
            const ssize_t got = ::read(from, piece.data(), piece.size());
            if (got <= 0) return got == 0 && file;
            if (::write(file.get(), piece.data(), static_cast<std::size_t>(got)) != got)
                return false;
        }
    }
    static const sanad_store_v1* table(plugins::Instance* instance) {
        if (!instance) return nullptr;
        return static_cast<const sanad_store_v1*>(instance->extension(SANAD_EXT_STORE));
    }

    const Subject& subject_;  // outlives us
    NoNode node_;
    NullLog log_;
    SystemClock clock_;
    std::shared_ptr<plugins::Library> library_ =
        plugins::Library::load(subject_.file).value_or(nullptr);
    std::unique_ptr<plugins::Instance> instance_, backup_;
    bool made_ = false;
};

Verdict conforms(const Subject& subject, void (*run)(conformance::StoreLab&)) {
    if (!subject.settings.given)
        return skipped("where is a store to be made? Give settings, --settings FILE");
    PluginLab lab(subject);
    try {
        run(lab);
    } catch (const conformance::Failure& failure) {
        return failed(failure.what());
    }
    return passed();
}

}  // namespace

std::vector<Check> storage_checks() {
    std::vector<Check> checks;
    const auto add = [&checks](const char* title, void (*run)(conformance::StoreLab&)) {
        std::array<char, 16> id{};
        std::snprintf(id.data(), id.size(), "storage.%02zu", checks.size() + 1);
        checks.push_back({id.data(),
                          Suite::kind,
                          title,
                          "see conformance/storage.cpp of the SDK",
                          [run](const Subject& subject, Mode) { return conforms(subject, run); },
                          {Mode::in_process}});
    };
    for (const auto& one : conformance::storage_cases()) add(one.name, one.run);
    return checks;
}

}  // namespace sanad::plugin_check
