#include "files/s3/s3_xml.hpp"

#include <gtest/gtest.h>

#include <string>

namespace inference {
namespace {

const std::string kList =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
    "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
const std::string kEnd = "</ListBucketResult>";

std::string entry(const std::string& key, const std::string& size) {
    return "<Contents><Key>" + key + "</Key><ETag>&#34;x&#34;</ETag><Size>" + size +
           "</Size></Contents>";
}

TEST(S3Xml, APageOfAListHasKeysAndSizes) {
    const auto page = read_list_page(
        kList + "<IsTruncated>false</IsTruncated>" + entry("a&amp;b/ä", "3") + entry(" ", "0") +
        kEnd
    );
    EXPECT_EQ(page, (S3ListPage{.entries = {{"a&b/ä", 3}, {" ", 0}}, .next = ""}));
}

TEST(S3Xml, APageThatIsNotTheLastLeadsToTheNext) {
    const std::string more = kList + "<IsTruncated>true</IsTruncated>";
    const auto page =
        read_list_page(more + "<NextContinuationToken>abc=</NextContinuationToken>" + kEnd);
    EXPECT_EQ(page, (S3ListPage{.entries = {}, .next = "abc="}));
    EXPECT_EQ(read_list_page(more + kEnd), std::nullopt) << "the rest would be missing unnoticed";
}

TEST(S3Xml, WhatIsNoListIsNoEmptyList) {
    for (const std::string& text :
         {std::string(),
          std::string("<html></html>"),
          kList + entry("a", "1"),
          kList + entry("a", "x") + kEnd}) {
        EXPECT_EQ(read_list_page(text), std::nullopt) << text;
    }
}

TEST(S3Xml, AnErrorHasACodeThatIsShownOnlyIfItIsAWord) {
    EXPECT_EQ(
        read_error_code("<Error><Code>NoSuchKey</Code><Message>your prompt</Message></Error>"),
        "NoSuchKey"
    );
    EXPECT_EQ(read_error_code("<Error><Code>a prompt</Code></Error>"), "");
    EXPECT_EQ(read_error_code("<Other><Code>NoSuchKey</Code></Other>"), "");
    EXPECT_EQ(read_error_code("{}"), "");
}

TEST(S3Xml, AnUploadHasAnId) {
    EXPECT_EQ(
        read_upload_id("<InitiateMultipartUploadResult><UploadId>a-b_c</UploadId></"
                       "InitiateMultipartUploadResult>"),
        "a-b_c"
    );
    EXPECT_EQ(read_upload_id("<Error/>"), "");
}

TEST(S3Xml, PartsAreListedInTheirOrder) {
    EXPECT_EQ(
        write_part_list({"\"x\"", "y&z"}),
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>\"x\"</ETag></Part>"
        "<Part><PartNumber>2</PartNumber><ETag>y&amp;z</ETag></Part></CompleteMultipartUpload>"
    );
}

}  // namespace
}  // namespace inference
