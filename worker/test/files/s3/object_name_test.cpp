#include "files/s3/object_name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace inference {
namespace {

TEST(ObjectName, IsABucketAndAKeyWithAnyNumberOfSegments) {
    EXPECT_EQ(parse_object_name("s3://data/a.jsonl"), (ObjectName{"data", "a.jsonl"}));
    EXPECT_EQ(parse_object_name("s3://my.data-1/a/b/c"), (ObjectName{"my.data-1", "a/b/c"}));
}

TEST(ObjectName, NothingInAKeyIsDecoded) {
    EXPECT_EQ(parse_object_name("s3://data/a%20b?c#d+e=f"), (ObjectName{"data", "a%20b?c#d+e=f"}));
    EXPECT_EQ(parse_object_name("s3://data/größe \"x\""), (ObjectName{"data", "größe \"x\""}));
}

TEST(ObjectName, ItsUrlIsParsedToTheSameAgain) {
    for (const char* key : {"a", "a/b", "a b", "%41", "ä+=&?#", "...", "a/.b", "~"}) {
        const ObjectName object{.bucket = "data", .key = key};
        EXPECT_EQ(parse_object_name(object_url(object)), object) << key;
    }
    EXPECT_EQ(object_url({.bucket = "data", .key = "a%20b/c d"}), "s3://data/a%20b/c d");
}

TEST(ObjectName, OtherSchemesAreNone) {
    for (const char* url :
         {"", "data/a", "file:///data/a", "S3://data/a", "s3:/data/a", "s3:data/a"}) {
        EXPECT_EQ(parse_object_name(url), std::nullopt) << url;
    }
}

TEST(ObjectName, WithoutABucketOrAKeyThereIsNone) {
    for (const char* url : {"s3://", "s3://data", "s3://data/", "s3:///a"}) {
        EXPECT_EQ(parse_object_name(url), std::nullopt) << url;
    }
}

TEST(ObjectName, ABucketCannotEndTheHostsNameThatItBecomesPartOf) {
    for (const char* url :
         {"s3://evil.com#/a",
          "s3://a@b/a",
          "s3://a:1/a",
          "s3://../a",
          "s3://-a/a",
          "s3://a b/a",
          "s3://ä/a"}) {
        EXPECT_EQ(parse_object_name(url), std::nullopt) << url;
    }
}

TEST(ObjectName, SegmentsThatAPathWouldSwallowAreRefused) {
    for (const char* key : {"/a", "a/", "a//b", ".", "..", "a/./b", "a/../b", "../a", "a/.."}) {
        EXPECT_EQ(parse_object_name(std::string("s3://data/") + key), std::nullopt) << key;
    }
}

TEST(ObjectName, ControlCharactersAreRefused) {
    for (const char c : {'\0', '\n', '\r', '\t', '\x1f', '\x7f'}) {
        EXPECT_EQ(parse_object_name(std::string("s3://data/a") + c + "b"), std::nullopt)
            << static_cast<int>(c);
    }
}

}  // namespace
}  // namespace inference
