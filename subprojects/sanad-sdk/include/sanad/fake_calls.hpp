// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sanad/methods.h>
#include <sanad/plugin.capnp.h>
#include <sanad/plugin.h>
#include <sanad/message.hpp>

#include <algorithm>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

// What a FakeNode knows of calls and of what comes beside messages: arrivals, notices, files,
// devices. By the real node's rules, but for whom it summons: the first that the test has not made
// busy.
namespace sanad::plugin {

/// threads  any
class FakeCalls {
public:
    struct Notice {
        std::string mark;
        std::uint64_t seq = 0;
    };
    struct Arrival {
        std::vector<std::string> languages, marks;
        std::uint8_t urgency = 4;
        std::string return_address;
    };
    struct File {
        std::string name, media_type, bytes;
        std::uint32_t parts = 0;
        bool whole = false;  // the last part came
    };
    struct Ring {
        std::string device;
        schema::Rang::Result result{};
    };

    // ------------------------------------------------------------ scripts

    /// ha1  16 bytes, see schema::DeviceReply
    void add_device(std::string_view name, std::string_view ha1) {
        const std::lock_guard lock(mutex_);
        devices_[std::string(name)] = {std::string(ha1), true};
    }
    /// Whether this device's counsellor takes calls now.
    void set_free(std::string_view name, bool free) {
        const std::lock_guard lock(mutex_);
        devices_[std::string(name)].free = free;
    }

    // ------------------------------------------------------------ what happened

    std::vector<Notice> notices(std::string_view conversation) const {
        return copy(&Of::notices, conversation);
    }
    std::vector<Arrival> arrivals(std::string_view conversation) const {
        return copy(&Of::arrivals, conversation);
    }
    std::vector<Ring> rings(std::string_view conversation) const {
        return copy(&Of::rings, conversation);
    }
    /// By the plugin's 16 bytes.
    std::map<std::string, File> files(std::string_view conversation) const {
        return copy(&Of::files, conversation);
    }

    // ------------------------------------------------------------ for FakeNode

    struct Done {
        sanad_status status = SANAD_OK;
        bool arrived = false;  // a coming that was not there before
        bool opened = false;   // somebody answered
        bool duplicate = false;
    };
    /// Nothing: the method is not one of these. For Arrive FakeNode writes the reply.
    std::optional<Done> take(const sanad_call& call, const std::string& conversation) {
        const std::lock_guard lock(mutex_);
        switch (call.method) {
            case SANAD_M_NOTICE:
                return notice(call, conversation);
            case SANAD_M_ARRIVE:
                return arrive(call, conversation);
            case SANAD_M_ATTACH:
                return attach(call, conversation);
            case SANAD_M_SUMMON:
                return summon(call);
            case SANAD_M_RANG:
                return rang(call, conversation);
            case SANAD_M_DEVICE:
                return device(call);
            default:
                return {};
        }
    }

private:
    struct Of {
        std::vector<Notice> notices;
        std::vector<Arrival> arrivals;
        std::vector<Ring> rings;
        std::map<std::string, File> files;
        std::vector<std::string> keys;
    };
    struct Known {
        std::string ha1;
        bool free = false;
    };

    template <typename Part>
    Part copy(Part Of::* part, std::string_view conversation) const {
        const std::lock_guard lock(mutex_);
        const auto found = of_.find(std::string(conversation));
        return found == of_.end() ? Part{} : found->second.*part;
    }
    /// False: this key was there already.
    static bool remember(Of& at, capnp::Data::Reader key) {
        std::string bytes(view_of(key));
        if (std::find(at.keys.begin(), at.keys.end(), bytes) != at.keys.end()) return false;
        at.keys.push_back(std::move(bytes));
        return true;
    }
    static bool is_key(capnp::Data::Reader key) { return key.size() >= 8 && key.size() <= 32; }
    static std::vector<std::string> texts(capnp::List<capnp::Text>::Reader list) {
        std::vector<std::string> all;
        for (const auto text : list) all.emplace_back(text.cStr(), text.size());
        return all;
    }

    Done notice(const sanad_call& call, const std::string& conversation) {
        const Received<schema::Notice> request(call.request);
        const auto found = of_.find(conversation);
        if (!is_key(request->getKey()) || request->getMark().size() == 0) return {SANAD_E_INVALID};
        Of& at = found == of_.end() ? of_[conversation] : found->second;
        if (remember(at, request->getKey()))
            at.notices.push_back({std::string(view_of(request->getMark())), request->getSeq()});
        return {};
    }

    Done arrive(const sanad_call& call, const std::string& conversation) {
        const Received<schema::Arrive> request(call.request);
        if (!is_key(request->getKey()) || request->getUrgency() > 4 ||
            request->getLanguages().size() > 8 || request->getMarks().size() > 8 ||
            request->getReturnAddress().size() > 512)
            return {SANAD_E_INVALID};
        Of& at = of_[conversation];
        if (!remember(at, request->getKey())) return {SANAD_OK, false, false, true};
        at.arrivals.push_back({texts(request->getLanguages()), texts(request->getMarks()),
                               request->getUrgency(),
                               std::string(view_of(request->getReturnAddress()))});
        return {SANAD_OK, true};
    }

    Done attach(const sanad_call& call, const std::string& conversation) {
        const Received<schema::Attach> request(call.request);
        const std::size_t bytes = request->getBytes().size();
        if (request->getFile().size() != 16 || bytes > 16'384 ||
            (bytes == 0 && !request->getLast()))
            return {SANAD_E_INVALID};
        File& file = of_[conversation].files[std::string(view_of(request->getFile()))];
        if (request->getIndex() < file.parts) return {};  // again
        if (file.whole || request->getIndex() > file.parts) return {SANAD_E_CONFLICT};
        if (file.parts++ == 0) {
            file.name = view_of(request->getName());
            file.media_type = view_of(request->getMediaType());
        }
        file.bytes += view_of(request->getBytes());
        file.whole = request->getLast();
        return {};
    }

    Done summon(const sanad_call& call) {
        const Received<schema::Summon> request(call.request);
        if (request->getDevices().size() > 200) return {SANAD_E_INVALID};
        capnp::MallocMessageBuilder built;
        auto answer = built.initRoot<schema::SummonReply>();
        for (const std::string& name : texts(request->getDevices())) {
            const auto found = devices_.find(name);
            if (found == devices_.end() || !found->second.free) continue;
            answer.setDevice(name);
            break;
        }
        return {call.reply ? emit(built, *call.reply) : SANAD_OK};
    }

    Done rang(const sanad_call& call, const std::string& conversation) {
        const Received<schema::Rang> request(call.request);
        const std::string name(view_of(request->getDevice()));
        if (devices_.count(name) == 0) return {SANAD_E_NOT_FOUND};
        of_[conversation].rings.push_back({name, request->getResult()});
        return {SANAD_OK, false, request->getResult() == schema::Rang::Result::ANSWERED};
    }

    Done device(const sanad_call& call) {
        const Received<schema::Device> request(call.request);
        const auto found = devices_.find(std::string(view_of(request->getName())));
        if (found == devices_.end()) return {SANAD_E_NOT_FOUND};
        capnp::MallocMessageBuilder built;
        built.initRoot<schema::DeviceReply>().setHa1(data_of(found->second.ha1));
        return {call.reply ? emit(built, *call.reply) : SANAD_OK};
    }

    mutable std::mutex mutex_;  // guards the rest
    std::map<std::string, Of> of_;
    std::map<std::string, Known> devices_;
};

}  // namespace sanad::plugin
