import Testing

/// What several files must say alike.
@Suite(.timeLimit(.minutes(2)))
struct PackageTests {
    @Test func theFeatureGuardNamesTheFeaturesOfThePackage() throws {
        let package = try #require(SourceTree.file("Package.swift"))
        let guardFile = try #require(SourceTree.file("Sources/Jobs/FeatureGuard.swift"))
        let enabled = texts(between: ".enableUpcomingFeature(\"", and: "\"", in: package.text)
        let checked = texts(between: "!hasFeature(", and: ")", in: guardFile.text)
        #expect(!enabled.isEmpty)
        #expect(checked.sorted() == enabled.sorted())
        #expect(guardFile.text.contains("#error("))
    }

    @Test func migrationsAreNumberedNamedAndListed() throws {
        let names = try SourceTree.names(in: "migrations")
        let store = SourceTree.sources.filter { $0.target == "JobStore" }.map(\.text).joined()
        #expect(!names.isEmpty)
        for (offset, name) in names.enumerated() {
            #expect(isMigrationName(name, number: offset + 1), "migrations/\(name)")
            #expect(store.contains("\"\(name.dropLast(4))\""), "the list lacks \(name)")
        }
    }

    @Test func everyTableIsStrict() throws {
        for name in try SourceTree.names(in: "migrations") {
            let sql = try #require(SourceTree.file("migrations/\(name)")).text
            let code = sql.split(separator: "\n").filter { !$0.hasPrefix("--") }
                .joined(separator: "\n")
            for statement in code.split(separator: ";") where statement.contains("CREATE TABLE") {
                #expect(
                    statement.hasSuffix("STRICT") || statement.hasSuffix("STRICT, WITHOUT ROWID")
                        || statement.hasSuffix("WITHOUT ROWID, STRICT"),
                    "\(name): \(statement.prefix(60))")
            }
        }
    }

    @Test(arguments: [
        ("0001_create_jobs.sql", 1, true), ("0012_add_lane_index.sql", 12, true),
        ("0002_create_jobs.sql", 1, false), ("1_create_jobs.sql", 1, false),
        ("0001_jobs.sql", 1, false), ("0001_Create_jobs.sql", 1, false),
        ("0001_create_jobs.txt", 1, false),
    ])
    func aWrongMigrationNameIsFound(name: String, number: Int, isRight: Bool) {
        #expect(isMigrationName(name, number: number) == isRight)
    }

    private func isMigrationName(_ name: String, number: Int) -> Bool {
        let digits = String(number)
        let prefix = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        guard name.hasSuffix(".sql") else { return false }
        let words = name.dropLast(4).split(separator: "_", omittingEmptySubsequences: false)
        return words.count >= 3 && words[0] == prefix
            && words.dropFirst().allSatisfy { word in
                !word.isEmpty && word.allSatisfy { $0.isLowercase || $0.isNumber }
            }
    }

    private func texts(between start: String, and end: String, in text: String) -> [String] {
        text.ranges(of: start).compactMap { range in
            let rest = text[range.upperBound...]
            return rest.firstRange(of: end).map { String(rest[..<$0.lowerBound]) }
        }
    }
}
