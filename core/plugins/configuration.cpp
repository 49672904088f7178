#include "core/plugins/configuration.h"

#include "core/base/message.h"
#include "core/plugins/configuration_rules.h"

#include <capnp/compat/json.h>
#include <capnp/dynamic.h>
#include <capnp/schema-loader.h>
#include <capnp/schema.capnp.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <set>

namespace sanad::plugins {

namespace {

using capnp::schema::Type;
using JsonObject = capnp::List<capnp::JsonValue::Field>::Reader;

// Whole numbers that a JSON number carries without loss.
constexpr double exact_max = 9007199254740992.0;  // 2^53

std::unexpected<Error> wrong(const std::string& path, std::string_view what) {
    const std::string where = path.empty() ? "the configuration" : path;
    return fail(Fault::invalid, where + ": " + std::string(what));
}

struct Range {
    double least, most;
};

Range range_of(Type::Which type) {
    switch (type) {
        case Type::INT8:
            return {-128, 127};
        case Type::INT16:
            return {-32768, 32767};
        case Type::INT32:
            return {-2147483648.0, 2147483647.0};
        case Type::INT64:
            return {-exact_max, exact_max};
        case Type::UINT8:
            return {0, 255};
        case Type::UINT16:
            return {0, 65535};
        case Type::UINT32:
            return {0, 4294967295.0};
        default:
            return {0, exact_max};
    }
}

bool is_integer(Type::Which type) { return type >= Type::INT8 && type <= Type::UINT64; }
bool is_float(Type::Which type) { return type == Type::FLOAT32 || type == Type::FLOAT64; }

// Walks the raw JSON beside the schema, because the codec itself takes a text for a number, lets
// the last of two equal keys win, and does not say where it was.
class Checker {
public:
    Result<void> object(JsonObject object, capnp::StructSchema schema, const std::string& path,
                        unsigned depth) {
        if (depth > config_nesting_max) return wrong(path, "nested too deeply");
        std::set<std::string> seen;
        bool union_given = false;
        for (const auto entry : object) {
            const std::string key = from_text(entry.getName());
            const std::string inner = path.empty() ? key : path + "." + key;
            KJ_IF_MAYBE (field, schema.findFieldByName(entry.getName())) {
                if (!seen.insert(key).second) return wrong(inner, "given twice");
                const bool in_union = field->getProto().getDiscriminantValue() !=
                                      capnp::schema::Field::NO_DISCRIMINANT;
                if (in_union && union_given) return wrong(inner, "excludes another field given");
                union_given = union_given || in_union;
                const auto checked = value(entry.getValue(), field->getType(), inner, depth);
                if (!checked) return checked;
                if (const auto kept = rules(entry.getValue(), *field, inner); !kept) return kept;
            } else
                return wrong(inner, "no such setting");
        }
        for (const auto field : schema.getFields()) {
            const std::string name = from_text(field.getProto().getName());
            if (FieldRules(field).required() && !seen.contains(name))
                return wrong(path.empty() ? name : path + "." + name, "is missing");
        }
        return {};
    }

private:
    // What the plugin asks of a value whose type is right.
    static Result<void> rules(capnp::JsonValue::Reader json, capnp::StructSchema::Field field,
                              const std::string& path) {
        const FieldRules rules(field);
        std::string broken;
        if (json.isNumber()) broken = rules.check_number(json.getNumber());
        if (json.isString() && field.getType().isText())
            broken = rules.check_text(from_text(json.getString()));
        if (json.isArray()) broken = rules.check_count(json.getArray().size());
        if (!broken.empty()) return wrong(path, broken);
        if (!json.isArray()) return {};
        unsigned number = 0;
        for (const auto item : json.getArray()) {
            if (item.isString()) broken = rules.check_pattern(from_text(item.getString()));
            if (!broken.empty()) return wrong(path + "[" + std::to_string(number) + "]", broken);
            ++number;
        }
        return {};
    }

    Result<void> value(capnp::JsonValue::Reader json, capnp::Type type, const std::string& path,
                       unsigned depth) {
        const auto kind = type.which();
        if (is_integer(kind) || is_float(kind)) return number(json, kind, path);
        switch (kind) {
            case Type::BOOL:
                return json.isBoolean() ? Result<void>() : wrong(path, "must be true or false");
            case Type::TEXT:
                return json.isString() ? Result<void>() : wrong(path, "must be a text");
            case Type::ENUM:
                return enumerant(json, type.asEnum(), path);
            case Type::STRUCT:
                if (!json.isObject()) return wrong(path, "must be an object");
                return object(json.getObject(), type.asStruct(), path, depth + 1);
            case Type::LIST:
                return list(json, type.asList().getElementType(), path, depth);
            case Type::DATA:
                return list(json, capnp::Type(capnp::schema::Type::UINT8), path, depth);
            default:
                return wrong(path, "has a type that a configuration cannot have");
        }
    }

    static Result<void> number(capnp::JsonValue::Reader json, Type::Which kind,
                               const std::string& path) {
        if (!json.isNumber()) return wrong(path, "must be a number");
        const double given = json.getNumber();
        if (!std::isfinite(given)) return wrong(path, "out of range");
        if (is_float(kind)) return {};
        if (given != std::floor(given)) return wrong(path, "must be a whole number");
        const Range range = range_of(kind);
        if (given < range.least || given > range.most) return wrong(path, "out of range");
        return {};
    }

    static Result<void> enumerant(capnp::JsonValue::Reader json, capnp::EnumSchema schema,
                                  const std::string& path) {
        if (json.isString() && schema.findEnumerantByName(json.getString()) != nullptr) return {};
        std::string names;
        for (const auto known : schema.getEnumerants())
            names += (names.empty() ? "" : ", ") + from_text(known.getProto().getName());
        return wrong(path, "must be one of " + names);
    }

    Result<void> list(capnp::JsonValue::Reader json, capnp::Type element, const std::string& path,
                      unsigned depth) {
        if (!json.isArray()) return wrong(path, "must be a list");
        if (depth > config_nesting_max) return wrong(path, "nested too deeply");
        unsigned number = 0;
        for (const auto item : json.getArray()) {
            const std::string inner = path + "[" + std::to_string(number++) + "]";
            const auto checked = value(item, element, inner, depth + 1);
            if (!checked) return checked;
        }
        return {};
    }
};

std::string quoted(std::string_view text) {
    capnp::JsonCodec codec;
    capnp::MallocMessageBuilder message;
    auto value = message.initRoot<capnp::JsonValue>();
    const std::string copy(text);
    value.setString(to_text(copy));
    return codec.encodeRaw(value).cStr();
}

bool is_number(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const std::size_t digit = text.starts_with('-') ? 1 : 0;
    return error == std::errc() && end == text.data() + text.size() && digit < text.size() &&
           text[digit] >= '0' && text[digit] <= '9';
}

// `key = value` settings as JSON, led by the schema: it knows what is a number and what a text.
class Pairs {
public:
    Result<void> add(const std::vector<std::pair<std::string, std::string>>& pairs) {
        if (pairs.size() > config_pairs_max) return fail(Fault::bad_size, "too many settings");
        for (const auto& [key, value] : pairs)
            if (!values_.emplace(key, value).second) return wrong(key, "given twice");
        return {};
    }

    Result<std::string> object(capnp::StructSchema schema, const std::string& prefix,
                               unsigned depth) {
        std::string json;
        if (depth > config_nesting_max) return wrong(prefix, "nested too deeply");
        for (const auto field : schema.getFields()) {
            const std::string name = from_text(field.getProto().getName());
            const auto value = member(field.getType(), prefix + name, depth);
            if (!value) return value;
            if (value->empty()) continue;
            json += (json.empty() ? "{" : ",") + quoted(name) + ":" + *value;
        }
        return json.empty() ? json : json + "}";
    }

    const std::map<std::string, std::string>& unused() const { return values_; }

private:
    // Empty: nothing is given for it.
    Result<std::string> member(capnp::Type type, const std::string& path, unsigned depth) {
        if (type.isStruct()) {
            const auto inner = values_.lower_bound(path + ".");
            if (inner == values_.end() || !inner->first.starts_with(path + "."))
                return std::string();
            return object(type.asStruct(), path + ".", depth + 1);
        }
        const auto found = values_.find(path);
        if (found == values_.end()) return std::string();
        const std::string value = found->second;
        values_.erase(found);
        if (type.isList() || type.isData()) return wrong(path, "can only be given as JSON");
        if (type.isText() || type.isEnum()) return quoted(value);
        if (type.isBool() && value != "true" && value != "false")
            return wrong(path, "must be true or false");
        if (!type.isBool() && !is_number(value)) return wrong(path, "must be a number");
        return value;
    }

    std::map<std::string, std::string> values_;
};

// Reads every name once. SchemaLoader names what it complains about, and when it is the name that
// cannot be read, 0.9.2 complains about that without end.
void read_names(capnp::schema::Node::Reader node) {
    (void)node.getDisplayName();
    if (node.isStruct())
        for (const auto field : node.getStruct().getFields()) (void)field.getName();
    if (node.isEnum())
        for (const auto enumerant : node.getEnum().getEnumerants()) (void)enumerant.getName();
    if (node.isInterface())
        for (const auto method : node.getInterface().getMethods()) (void)method.getName();
}

const char* name_of(Type::Which type) {
    if (is_integer(type)) return "whole number";
    if (is_float(type)) return "number";
    switch (type) {
        case Type::BOOL:
            return "true or false";
        case Type::TEXT:
            return "text";
        case Type::ENUM:
            return "choice";
        case Type::LIST:
            return "list";
        default:
            return "data";
    }
}

void add_settings(capnp::StructSchema schema, const std::string& path, unsigned depth,
                  std::map<std::string, std::string>& found) {
    for (const auto field : schema.getFields()) {
        const std::string name = path + from_text(field.getProto().getName());
        if (field.getType().isStruct() && depth < config_nesting_max)
            add_settings(field.getType().asStruct(), name + ".", depth + 1, found);
        else
            found[name] = name_of(field.getType().which());
    }
}

}  // namespace

struct Configuration::Schema {
    capnp::SchemaLoader loader;
    capnp::StructSchema config;
};

Configuration::Configuration(std::unique_ptr<Schema> schema) : schema_(std::move(schema)) {}
Configuration::~Configuration() = default;

Result<std::unique_ptr<Configuration>> Configuration::load(ByteView config_schema) {
    if (config_schema.empty() || config_schema.size() % sizeof(capnp::word) != 0)
        return fail(Fault::malformed, "config schema: not whole words");
    auto words = kj::heapArray<capnp::word>(config_schema.size() / sizeof(capnp::word));
    std::memcpy(words.begin(), config_schema.data(), config_schema.size());
    auto schema = std::make_unique<Schema>();
    try {
        capnp::FlatArrayMessageReader message(words);
        const auto request = message.getRoot<capnp::schema::CodeGeneratorRequest>();
        const auto files = request.getRequestedFiles();
        if (files.size() != 1) return fail(Fault::malformed, "config schema: not one file");
        for (const auto node : request.getNodes()) read_names(node);
        for (const auto node : request.getNodes()) schema->loader.load(node);
        for (const auto node : request.getNodes()) {
            const std::string full = from_text(node.getDisplayName());
            const std::string name =
                full.substr(std::min<std::size_t>(node.getDisplayNamePrefixLength(), full.size()));
            if (node.getScopeId() != files[0].getId() || name != "Config" || !node.isStruct())
                continue;
            schema->config = schema->loader.get(node.getId()).asStruct();
            return std::unique_ptr<Configuration>(new Configuration(std::move(schema)));
        }
    } catch (const kj::Exception& exception) {
        return malformed(exception);
    }
    return fail(Fault::not_found, "config schema: no struct Config");
}

Result<Bytes> Configuration::from_json(std::string_view json) const {
    if (json.size() > config_json_bytes_max)
        return fail(Fault::bad_size, "the configuration is too long");
    try {
        capnp::JsonCodec codec;
        codec.setRejectUnknownFields(true);
        codec.setMaxNestingDepth(config_nesting_max + 2);
        capnp::MallocMessageBuilder raw;
        auto value = raw.initRoot<capnp::JsonValue>();
        codec.decodeRaw(kj::arrayPtr(json.data(), json.size()), value);
        if (!value.isObject()) return wrong("", "must be one JSON object");
        const auto checked = Checker().object(value.asReader().getObject(), schema_->config, "", 0);
        if (!checked) return std::unexpected(checked.error());
        capnp::MallocMessageBuilder message;
        auto config = message.initRoot<capnp::DynamicStruct>(schema_->config);
        codec.decode(value, config);
        return flatten(message);
    } catch (const kj::Exception&) {  // its text would quote the configuration, secrets and all
        return fail(Fault::malformed, "the configuration is no JSON");
    }
}

std::map<std::string, std::string> Configuration::settings() const {
    std::map<std::string, std::string> found;
    add_settings(schema_->config, "", 0, found);
    return found;
}

std::map<std::string, std::string> Configuration::fields(ByteView config) const {
    std::map<std::string, std::string> found;
    const kj::ArrayPtr<const capnp::word> words(reinterpret_cast<const capnp::word*>(config.data()),
                                                config.size() / sizeof(capnp::word));
    capnp::FlatArrayMessageReader message(words);
    const auto root = message.getRoot<capnp::DynamicStruct>(schema_->config);
    for (const auto field : schema_->config.getFields()) {
        const auto value = root.get(field);
        std::string& text = found[from_text(field.getProto().getName())];
        switch (value.getType()) {
            case capnp::DynamicValue::TEXT:
                text = from_text(value.as<capnp::Text>());
                break;
            case capnp::DynamicValue::UINT:
                text = std::to_string(value.as<std::uint64_t>());
                break;
            case capnp::DynamicValue::INT:
                text = std::to_string(value.as<std::int64_t>());
                break;
            default:
                found.erase(from_text(field.getProto().getName()));
        }
    }
    return found;
}

Result<Bytes> Configuration::from_pairs(
    const std::vector<std::pair<std::string, std::string>>& pairs) const {
    Pairs settings;
    if (const auto added = settings.add(pairs); !added) return std::unexpected(added.error());
    const auto json = settings.object(schema_->config, "", 0);
    if (!json) return std::unexpected(json.error());
    if (!settings.unused().empty())
        return wrong(settings.unused().begin()->first, "no such setting");
    return from_json(json->empty() ? "{}" : *json);
}

}  // namespace sanad::plugins
