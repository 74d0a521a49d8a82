#include "files/file_roots.hpp"

#include "cli/temp_folder.hpp"
#include "contracts/fnv_hash.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

namespace inference {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// data/ and more/ are roots, jobs/ is the folder of results; outside/ is none of them.
class FileRootsTest : public ::testing::Test {
protected:
    FileRootsTest() {
        for (const char* name : {"data/sub", "more", "jobs", "outside"}) {
            fs::create_directories(base_ / name);
        }
        write("outside/secret.jsonl");
    }

    [[nodiscard]] fs::path at(const std::string& name) const { return base_ / name; }
    [[nodiscard]] std::string ref(const std::string& name) const {
        return "file://" + (base_ / name).string();
    }
    void write(const std::string& name) const { (void)folder_.write(name, "{}\n"); }
    void link(const std::string& target, const std::string& name) const {
        fs::create_symlink(at(target), at(name));
    }

    /// The path of a reference that is good.
    [[nodiscard]] fs::path existing(const std::string& ref) const {
        const auto path = roots_.existing(ref);
        return path ? *path : fs::path("refused: " + path.error().message);
    }
    [[nodiscard]] fs::path writable(const std::string& ref) const {
        const auto path = roots_.writable(ref);
        return path ? *path : fs::path("refused: " + path.error().message);
    }

    /// The message of one that is not.
    static std::string problem(const Result<fs::path>& path) {
        if (path) {
            return "accepted: " + path->string();
        }
        EXPECT_EQ(path.error().error_class, ErrorClass::kFatal);
        EXPECT_EQ(path.error().code, ErrorCode::kValidation);
        return path.error().message;
    }

    [[nodiscard]] auto names_the_roots() const {
        return AllOf(
            HasSubstr(at("data").string()),
            HasSubstr(at("more").string()),
            HasSubstr(at("jobs").string()),
            HasSubstr("files.roots in the configuration")
        );
    }

    const cli::testing::TempFolder folder_;
    const fs::path base_ = fs::canonical(folder_.path());
    const FileRoots roots_{{at("data"), at("more")}, at("jobs")};
};

TEST_F(FileRootsTest, AFileBelowARootOrTheFolderOfResultsIsFound) {
    for (const std::string name : {"data/a.jsonl", "data/sub/b.jsonl", "more/c", "jobs/j/d"}) {
        write(name);
        EXPECT_EQ(existing(ref(name)), at(name));
    }
}

TEST_F(FileRootsTest, TheHostMayBeLocalhost) {
    write("data/a");
    EXPECT_EQ(existing("file://localhost" + at("data/a").string()), at("data/a"));
}

TEST_F(FileRootsTest, PercentSignsAreDecoded) {
    write("data/a b%ä.jsonl");
    EXPECT_EQ(existing(ref("data/a%20b%25%C3%a4.jsonl")), at("data/a b%ä.jsonl"));
    EXPECT_EQ(writable(ref("data/new%20one")), at("data/new one"));
}

TEST_F(FileRootsTest, AnythingButAnAbsoluteFileReferenceIsToldWhatItTakes) {
    for (const std::string bad :
         {"http://host/a",
          "s3://bucket/a",
          "data/a",
          "/data/a",
          "file:data/a",
          "file:/data/a",
          "file://host/data/a",
          "file://data",
          "file://localhost",
          "FILE",
          ""}) {
        EXPECT_THAT(problem(roots_.existing(bad)), HasSubstr("file:///")) << bad;
        EXPECT_THAT(problem(roots_.writable(bad)), HasSubstr("file:///")) << bad;
    }
}

TEST_F(FileRootsTest, APercentSignWithoutTwoDigitsOrAZeroByteIsRefused) {
    write("data/a");
    for (const std::string end :
         {"%", "%2", "%zz", "%2z", "%-1", "%+1", "% 1", "%00", "%00.jsonl"}) {
        EXPECT_THAT(problem(roots_.existing(ref("data/a") + end)), HasSubstr("file:///")) << end;
    }
    EXPECT_THAT(
        problem(roots_.existing(ref("data/a") + std::string(1, '\0'))), HasSubstr("file:///")
    );
}

TEST_F(FileRootsTest, AReferenceThatMayBeAnythingIsNotQuoted) {
    EXPECT_THAT(problem(roots_.existing("Tell me a secret")), Not(HasSubstr("secret")));
}

TEST_F(FileRootsTest, AFileThatIsNotThereIsToldSo) {
    EXPECT_THAT(
        problem(roots_.existing(ref("data/absent"))),
        HasSubstr("there is no file " + at("data/absent").string())
    );
}

TEST_F(FileRootsTest, WhatIsNoPlainFileCannotBeRead) {
    ASSERT_EQ(mkfifo(at("data/pipe").c_str(), 0600), 0);
    for (const std::string name : {"data/sub", "data/pipe"}) {
        EXPECT_THAT(problem(roots_.existing(ref(name))), HasSubstr("plain file"));
    }
}

TEST_F(FileRootsTest, WhatLiesOutsideIsToldTheRootsAndWhereToAddOne) {
    EXPECT_THAT(problem(roots_.existing(ref("outside/secret.jsonl"))), names_the_roots());
    EXPECT_THAT(problem(roots_.writable(ref("outside/new"))), names_the_roots());
    EXPECT_THAT(problem(roots_.existing("file:///etc/passwd")), names_the_roots());
}

TEST_F(FileRootsTest, DotsDoNotClimbOut) {
    for (const std::string up : {"..", "%2e%2e", "%2E.", "sub/../.."}) {
        const std::string name = "data/" + up + "/outside/";
        EXPECT_THAT(problem(roots_.existing(ref(name + "secret.jsonl"))), names_the_roots());
        EXPECT_THAT(problem(roots_.writable(ref(name + "new"))), names_the_roots());
    }
}

TEST_F(FileRootsTest, DotsThatStayInsideAreFine) {
    write("data/a");
    EXPECT_EQ(existing(ref("data/sub/../a")), at("data/a"));
    EXPECT_EQ(writable(ref("data/./sub//../new")), at("data/new"));
}

TEST_F(FileRootsTest, AFolderWhoseNameBeginsLikeARootIsOutside) {
    write("data-of-others/a");
    EXPECT_THAT(problem(roots_.existing(ref("data-of-others/a"))), names_the_roots());
    EXPECT_THAT(problem(roots_.writable(ref("data-of-others/new"))), names_the_roots());
}

TEST_F(FileRootsTest, LinksOfFilesAndFoldersDoNotLeadOut) {
    link("outside/secret.jsonl", "data/file");
    link("outside", "data/folder");
    for (const std::string name : {"data/file", "data/folder/secret.jsonl"}) {
        EXPECT_THAT(problem(roots_.existing(ref(name))), names_the_roots());
        EXPECT_THAT(problem(roots_.writable(ref(name))), names_the_roots());
    }
    EXPECT_THAT(problem(roots_.writable(ref("data/folder/new"))), names_the_roots());
}

TEST_F(FileRootsTest, LinksOfLinksDoNotLeadOutEither) {
    link("outside/secret.jsonl", "data/first");
    link("data/first", "data/second");
    EXPECT_THAT(problem(roots_.existing(ref("data/second"))), names_the_roots());
    EXPECT_THAT(problem(roots_.writable(ref("data/second"))), names_the_roots());
}

TEST_F(FileRootsTest, ALinkThatStaysInsideStandsForItsTarget) {
    write("more/a");
    link("more/a", "data/link");
    EXPECT_EQ(existing(ref("data/link")), at("more/a"));
    EXPECT_EQ(writable(ref("data/link")), at("more/a"));
}

TEST_F(FileRootsTest, ALinkInACircleIsRefused) {
    link("data/circle", "data/circle");
    EXPECT_THAT(problem(roots_.existing(ref("data/circle"))), HasSubstr("there is no file"));
    EXPECT_THAT(problem(roots_.writable(ref("data/circle"))), Not(HasSubstr("accepted")));
}

TEST_F(FileRootsTest, ARootMayBeALinkItselfAndMayEndInASlash) {
    write("outside/a");
    link("outside", "linked");
    const FileRoots roots({at("linked").string() + "/"}, at("jobs"));
    EXPECT_EQ(roots.existing(ref("linked/a")).value(), at("outside/a"));
    EXPECT_EQ(roots.existing(ref("outside/a")).value(), at("outside/a"));
    EXPECT_EQ(roots.writable(ref("linked/new")).value(), at("outside/new"));
}

TEST_F(FileRootsTest, TheRootOfAllHoldsEverything) {
    const FileRoots roots({"/"}, at("jobs"));
    EXPECT_EQ(roots.existing(ref("outside/secret.jsonl")).value(), at("outside/secret.jsonl"));
}

TEST_F(FileRootsTest, ARootThatIsNotThereHoldsNothing) {
    const FileRoots roots({at("absent"), ""}, at("absent-too"));
    EXPECT_THAT(problem(roots.existing(ref("outside/secret.jsonl"))), HasSubstr("lies outside"));
}

TEST_F(FileRootsTest, AFileToWriteNeedNotBeThere) {
    write("data/there");
    for (const std::string name : {"data/there", "data/new", "data/sub/new", "jobs/new"}) {
        EXPECT_EQ(writable(ref(name)), at(name));
    }
}

TEST_F(FileRootsTest, AFileToWriteNeedsItsFolder) {
    EXPECT_THAT(
        problem(roots_.writable(ref("data/absent/new"))),
        AllOf(HasSubstr(at("data/absent/new").string()), HasSubstr("make it"))
    );
}

TEST_F(FileRootsTest, WhatIsNoPlainFileCannotBeWritten) {
    ASSERT_EQ(mkfifo(at("data/pipe").c_str(), 0600), 0);
    for (const std::string name : {"data/sub", "data/pipe"}) {
        EXPECT_THAT(problem(roots_.writable(ref(name))), HasSubstr("no plain file"));
    }
    EXPECT_THAT(problem(roots_.writable(ref("data/sub/"))), Not(HasSubstr("accepted")));
    EXPECT_THAT(problem(roots_.writable(ref("data"))), Not(HasSubstr("accepted")));
}

class JobFolder : public ::testing::Test {
protected:
    static std::string name_of(const std::string& job_id) {
        const fs::path folder = FileRoots({}, "/jobs").job_folder(job_id);
        EXPECT_EQ(folder.parent_path(), "/jobs");
        return folder.filename().string();
    }
};

TEST_F(JobFolder, IsNamedLikeTheJobWhereThatIsFitForAName) {
    EXPECT_EQ(name_of("Job_1.2-a"), "Job_1.2-a");
}

TEST_F(JobFolder, LeavesTheFolderOfResultsForNoJob) {
    EXPECT_EQ(name_of("."), "%2E");
    EXPECT_EQ(name_of(".."), "%2E.");
    EXPECT_EQ(name_of(".hidden"), "%2Ehidden");
    EXPECT_EQ(name_of("../../etc/passwd"), "%2E.%2F..%2Fetc%2Fpasswd");
    EXPECT_EQ(name_of("/etc"), "%2Fetc");
    EXPECT_EQ(name_of(std::string("a\0b", 3)), "a%00b");
}

TEST_F(JobFolder, IsAnotherForEachJob) {
    EXPECT_EQ(name_of("a b"), "a%20b");
    EXPECT_EQ(name_of("a%20b"), "a%2520b");
    EXPECT_EQ(name_of("ä"), "%C3%A4");
}

TEST_F(JobFolder, OfALongNameIsCutAndKeepsAHashOfTheWhole) {
    const std::string just_fits(200, 'x');
    EXPECT_EQ(name_of(just_fits), just_fits);

    std::array<char, 17> hash{};
    std::snprintf(
        hash.data(),
        hash.size(),
        "%016llx",
        static_cast<unsigned long long>(fnv_hash(just_fits + "y"))
    );
    EXPECT_EQ(name_of(just_fits + "y"), just_fits + "-" + hash.data());
    EXPECT_NE(name_of(just_fits + "y"), name_of(just_fits + "z"));
}

TEST_F(JobFolder, OfANameThatGetsLongByWhatStandsForItsBytesIsCutToo) {
    EXPECT_EQ(name_of(std::string(70, '/')).size(), 217);
}

TEST(FileRef, EncodesWhatAUriCannotHold) {
    EXPECT_EQ(file_ref("/tmp/a b%#?ä.jsonl"), "file:///tmp/a%20b%25%23%3F%C3%A4.jsonl");
}

TEST_F(FileRootsTest, AReferenceMadeOfAPathLeadsToIt) {
    for (const std::string name : {"data/a b", "data/100%", "data/ä#?&", "data/line\nbreak"}) {
        write(name);
        EXPECT_EQ(existing(file_ref(at(name))), at(name));
    }
}

TEST_F(FileRootsTest, ANameThatIsTooLongForTheSystemIsAnErrorOfTheRequest) {
    const std::string name = "data/" + std::string(300, 'x');
    EXPECT_THAT(problem(roots_.existing(ref(name))), HasSubstr("File name too long"));
    EXPECT_THAT(problem(roots_.writable(ref(name))), HasSubstr("File name too long"));
}

}  // namespace
}  // namespace inference
