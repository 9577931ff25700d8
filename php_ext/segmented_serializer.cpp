// SPDX-License-Identifier: BSD-3-Clause
//
// Nothing in these frames has a destructor: scripts run inside, and may end by a longjmp.
#include "segmented_serializer.h"

#include <array>
#include <type_traits>

#include "boundary.h"
#include "php_sessmirror.h"
#include "record/segments.h"
#include "record/session_entries.h"
#include "session_variables.h"

extern "C" {
#include <Zend/zend_smart_str.h>
#include <ext/standard/php_var.h>
}

namespace sessmirror::shim {
namespace {

using record::Segment;
using record::SegmentCodec;

static_assert(std::is_trivially_destructible_v<record::SegmentReader>);

// A serializer that is used through its PHP functions, so that nothing is linked to it.
struct Codec {
    SegmentCodec name;
    std::string_view encode;
    std::string_view decode;
};
constexpr std::array<Codec, 2> kCodecs{{
    {SegmentCodec::Igbinary, "igbinary_serialize", "igbinary_unserialize"},
    {SegmentCodec::Msgpack, "msgpack_pack", "msgpack_unpack"},
}};

const Codec* find_codec(SegmentCodec name) noexcept {
    for (const Codec& codec : kCodecs)
        if (codec.name == name) return &codec;
    return nullptr;
}

bool has_function(std::string_view name) noexcept {
    return zend_hash_str_exists(EG(function_table), name.data(), name.size());
}

// False, with nothing in `result`, when the function failed or threw.
bool call(std::string_view name, zval* argument, zval* result) {
    zval function;
    ZVAL_STRINGL(&function, name.data(), name.size());
    ZVAL_UNDEF(result);
    const bool is_called =
        call_user_function(nullptr, nullptr, &function, result, 1, argument) == SUCCESS;
    zval_ptr_dtor(&function);
    if (is_called && EG(exception) == nullptr) return true;
    zval_ptr_dtor(result);
    return false;
}

void append(smart_str* out, std::string_view text) {
    smart_str_appendl(out, text.data(), text.size());
}

void append_length(smart_str* out, std::size_t size) {
    const record::SegmentLength length = record::segment_length(size);
    append(out, {length.data(), length.size()});
}

void append_serialized(smart_str* out, zval* value) {
    php_serialize_data_t seen = nullptr;
    PHP_VAR_SERIALIZE_INIT(seen);
    php_var_serialize(out, value, &seen);
    PHP_VAR_SERIALIZE_DESTROY(seen);
}

void append_blob(smart_str* out, SegmentCodec codec, std::string_view blob) {
    append_length(out, blob.size() + 1);
    smart_str_appendc(out, static_cast<char>(codec));
    append(out, blob);
}

// Not for null, numbers and booleans: so null and false from a decoder always mean that it failed.
bool append_with(const Codec& codec, smart_str* out, zval* value) {
    if (Z_TYPE_P(value) < IS_STRING) return false;
    zval encoded;
    if (!call(codec.encode, value, &encoded)) return false;
    const bool is_text = Z_TYPE(encoded) == IS_STRING;
    if (is_text) append_blob(out, codec.name, view(Z_STR(encoded)));
    zval_ptr_dtor(&encoded);
    return is_text;
}

void append_value(const Codec* codec, smart_str* out, zval* value) {
    zval* plain = value;
    ZVAL_DEREF(plain);
    if (codec != nullptr && append_with(*codec, out, plain)) return;
    if (EG(exception) != nullptr) return;
    smart_str serialized = {nullptr, 0};
    append_serialized(&serialized, value);
    append_blob(out, SegmentCodec::Php, view(serialized.s));
    smart_str_free(&serialized);
}

const Codec* configured_codec() {
    const char* const text = zend_ini_string(const_cast<char*>("sessmirror.segment_with"),
                                             sizeof "sessmirror.segment_with" - 1, 0);
    const auto name = parse_segment_with(view(text));
    const Codec* const codec = name ? find_codec(*name) : nullptr;
    return codec != nullptr && has_function(codec->encode) ? codec : nullptr;
}

void append_segments(smart_str* out, zval* vars) {
    const Codec* const codec = configured_codec();
    zend_ulong number = 0;
    zend_string* key = nullptr;
    zval* value = nullptr;
    append(out, record::kSegmentsMagic);
    ZEND_HASH_FOREACH_KEY_VAL(Z_ARRVAL_P(vars), number, key, value) {
        zend_string* const name = key == nullptr ? zend_long_to_str(static_cast<zend_long>(number))
                                                 : zend_string_copy(key);
        append_length(out, ZSTR_LEN(name));
        append(out, view(name));
        zend_string_release(name);
        append_value(codec, out, value);
        if (EG(exception) != nullptr) return;
    }
    ZEND_HASH_FOREACH_END();
}

// Whether each value can stand alone; `whole` is the session as php_serialize makes it.
bool can_be_segmented(std::string_view whole) noexcept {
    const auto is_split = guarded([&]() -> Result<bool> {
        return record::SessionEntries::split(record::Serialization::PhpSerialize, whole)
            .has_value();
    });
    return is_split && *is_split;
}

zend_string* encode() {
    zval* const present = session_variables();
    if (present == nullptr) return nullptr;
    zval vars;  // a script that runs meanwhile changes another array
    ZVAL_COPY(&vars, present);
    smart_str whole = {nullptr, 0};
    smart_str out = {nullptr, 0};
    append_serialized(&whole, &vars);
    if (EG(exception) == nullptr) {
        if (can_be_segmented(view(whole.s))) {
            append_segments(&out, &vars);
        } else {
            append(&out, record::kOnePieceMagic);
            append(&out, view(whole.s));
        }
    }
    smart_str_free(&whole);
    zval_ptr_dtor(&vars);
    if (EG(exception) != nullptr) {
        smart_str_free(&out);
        return nullptr;
    }
    return smart_str_extract(&out);
}

bool unserialize(std::string_view text, zval* result) {
    php_unserialize_data_t seen = nullptr;
    PHP_VAR_UNSERIALIZE_INIT(seen);
    ZVAL_UNDEF(result);
    const auto* at = reinterpret_cast<const unsigned char*>(text.data());
    const bool is_whole = php_var_unserialize(result, &at, at + text.size(), &seen) != 0;
    PHP_VAR_UNSERIALIZE_DESTROY(seen);
    if (!is_whole) zval_ptr_dtor(result);
    return is_whole;
}

bool decode_with(const Codec& codec, std::string_view blob, zval* result) {
    if (!has_function(codec.decode)) {
        SESSMIRROR_G(is_codec_missing) = true;
        php_error_docref(nullptr, E_WARNING,
                         "The session was stored with %.*s(), whose counterpart this PHP does not "
                         "have; it is left as it is",
                         static_cast<int>(codec.encode.size()), codec.encode.data());
        return false;
    }
    zval encoded;
    ZVAL_STRINGL(&encoded, blob.data(), blob.size());
    const bool is_decoded = call(codec.decode, &encoded, result);
    zval_ptr_dtor(&encoded);
    return is_decoded && Z_TYPE_P(result) > IS_FALSE;
}

bool decode_segment(const Segment& segment, zval* result) {
    if (segment.codec() == SegmentCodec::Php) return unserialize(segment.blob(), result);
    const Codec* const codec = find_codec(segment.codec());
    return codec != nullptr && decode_with(*codec, segment.blob(), result);
}

void put(std::string_view key, zval* value) {
    zval* const vars = session_variables();
    if (vars == nullptr) return zval_ptr_dtor(value);
    SEPARATE_ARRAY(vars);
    zend_symtable_str_update(Z_ARRVAL_P(vars), key.data(), key.size(), value);
}

zend_result decode_segments(std::string_view payload) {
    record::SegmentReader reader(payload);
    for (Segment segment; reader.next(segment);) {
        zval value;
        if (!decode_segment(segment, &value)) return FAILURE;
        put(segment.key, &value);
    }
    return reader.is_sound() ? SUCCESS : FAILURE;
}

zend_result decode_one_piece(std::string_view payload) {
    zval all;
    if (!unserialize(payload, &all)) return FAILURE;
    zval* const vars = session_variables();
    const bool is_usable = Z_TYPE(all) == IS_ARRAY && vars != nullptr;
    if (is_usable) {
        SEPARATE_ARRAY(vars);
        zend_hash_copy(Z_ARRVAL_P(vars), Z_ARRVAL(all), zval_add_ref);
    }
    zval_ptr_dtor(&all);
    return is_usable ? SUCCESS : FAILURE;
}

zend_result decode(const char* payload, size_t size) {
    const std::string_view stored(payload, size);
    if (stored.empty()) return SUCCESS;
    if (stored.starts_with(record::kOnePieceMagic))
        return decode_one_piece(stored.substr(record::kOnePieceMagic.size()));
    return decode_segments(stored);
}

}  // namespace

bool register_segmented_serializer() noexcept {
    return php_session_register_serializer("sessmirror_segmented", encode, decode) == SUCCESS;
}

}  // namespace sessmirror::shim
