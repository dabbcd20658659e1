import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(2)))
struct NearestNamesTests {
    static let names = [
        "api", "api-gateway", "web", "web-staging", "website", "worker", "database", "Grafana",
    ]

    @Test(arguments: [
        ("WEB", ["web", "web-staging", "website"]), ("wbe", ["web"]),
        ("grafna", ["Grafana"]), ("databas", ["database"]), ("gateway", ["api-gateway"]),
        ("api-gateway-2", ["api-gateway", "api"]), ("zzzzzz", []), ("", []),
        ("Web_Staging", ["web-staging"]), ("api.gateway", ["api-gateway"]), ("xyz", []),
    ])
    func theNearestComeFirst(_ wanted: String, _ expected: [String]) {
        let found = NearestNames.nearest(to: wanted, among: Self.names)
        #expect(Array(found.prefix(expected.count)) == expected, "\(found)")
        #expect(found.count <= NearestNames.countMax)
        if expected.isEmpty { #expect(found.isEmpty) }
    }

    @Test(arguments: [
        ("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("ab", "ba", 1), ("abc", "abc", 0),
        ("flaw", "lawn", 2),
    ])
    func distancesCountEditsAndSwaps(_ left: String, _ right: String, _ expected: Int) {
        let (left, right) = (Array(left.unicodeScalars), Array(right.unicodeScalars))
        #expect(NearestNames.editDistance(left, right, limit: 5) == expected)
        #expect(NearestNames.editDistance(right, left, limit: 5) == expected)
        #expect(NearestNames.editDistance(left, right, limit: expected) == expected)
        if expected > 0 {
            #expect(NearestNames.editDistance(left, right, limit: expected - 1) == nil)
        }
    }

    /// Two names of two letters are always two edits apart.
    @Test
    func shortNamesWithLittleInCommonAreNotNear() {
        #expect(NearestNames.nearest(to: "ab", among: ["cd", "ls", "url"]).isEmpty)
        #expect(NearestNames.nearest(to: "ulr", among: ["cd", "key", "url"]) == ["url"])
        #expect(NearestNames.nearest(to: "a", among: ["b", "z9"]) == ["b"])
    }

    @Test
    func allSeparatorsAreEqual() {
        #expect(NearestNames.nearest(to: "A.b c.d", among: ["a-b-c-d"]) == ["a-b-c-d"])
    }

    @Test
    func longNamesAndManyOfThemAreBounded() {
        let long = String(repeating: "x", count: 100_000)
        let many = (0..<500).map { "service-\($0)" } + [long]
        #expect(NearestNames.nearest(to: "servic-7", among: many).first == "service-7")
        #expect(NearestNames.nearest(to: long, among: many) == [long])
    }

    @Test
    func aQuestionNamesThemAndNothingAsksNothing() {
        #expect(NearestNames.question(["web", "web-2"]) == " Did you mean web, web-2?")
        #expect(NearestNames.question([]).isEmpty)
    }
}
