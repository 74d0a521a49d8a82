#include "files/s3/s3_xml.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <sstream>
#include <string_view>

namespace inference {
namespace {

constexpr std::size_t kLongestCode = 64;

/// A key may be a single blank: that is text as any other.
constexpr unsigned kParsing = pugi::parse_default | pugi::parse_ws_pcdata_single;

/// The root element of that name; an empty node where the text has another, or none.
pugi::xml_node root_of(pugi::xml_document& document, const std::string& xml, const char* name) {
    return document.load_buffer(xml.data(), xml.size(), kParsing) ? document.child(name)
                                                                  : pugi::xml_node();
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    return error == std::errc() && stop == end ? std::optional(value) : std::nullopt;
}

}  // namespace

std::optional<S3ListPage> read_list_page(const std::string& xml) {
    pugi::xml_document document;
    const pugi::xml_node list = root_of(document, xml, "ListBucketResult");
    if (!list) {
        return std::nullopt;
    }
    S3ListPage page;
    for (const pugi::xml_node& object : list.children("Contents")) {
        const auto size = number(object.child_value("Size"));
        if (!size) {
            return std::nullopt;
        }
        page.entries.push_back({.key = object.child_value("Key"), .size = *size});
    }
    if (list.child("IsTruncated").text().as_bool()) {
        page.next = list.child_value("NextContinuationToken");
        if (page.next.empty()) {
            return std::nullopt;  // There is more, and no way to it.
        }
    }
    return page;
}

std::string read_error_code(const std::string& xml) {
    pugi::xml_document document;
    const std::string code = root_of(document, xml, "Error").child_value("Code");
    const bool is_code = code.size() <= kLongestCode && std::ranges::all_of(code, [](char c) {
                             return std::isalnum(static_cast<unsigned char>(c)) != 0;
                         });
    return is_code ? code : std::string();
}

std::string read_upload_id(const std::string& xml) {
    pugi::xml_document document;
    return root_of(document, xml, "InitiateMultipartUploadResult").child_value("UploadId");
}

std::string write_part_list(const std::vector<std::string>& tags) {
    pugi::xml_document document;
    pugi::xml_node list = document.append_child("CompleteMultipartUpload");
    int number = 0;
    for (const std::string& tag : tags) {
        pugi::xml_node part = list.append_child("Part");
        part.append_child("PartNumber").text() = ++number;
        part.append_child("ETag").text() = tag.c_str();
    }
    std::ostringstream xml;
    document.save(xml, "", pugi::format_raw | pugi::format_no_declaration);
    return xml.str();
}

}  // namespace inference
