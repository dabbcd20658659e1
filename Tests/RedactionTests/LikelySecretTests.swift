import Testing

@testable import Redaction

@Suite(.timeLimit(.minutes(2)))
struct LikelySecretTests {
    @Test(arguments: [
        ("c4N4ry9XkQ2mVb7RtZ5pLw8YsD3fGh6J", true), ("9f86d081884c7d659a2feaa0c55ad015", true),
        ("base64:aGVsbG8gd29ybGQ0NTY3ODkwMTIz", true), ("admin:$2y$05$abcdefghijk", true),
        ("production", false), ("/var/lib/postgresql/data", false), ("db.internal", false),
        ("MyApplicationClusterName", false), ("postgres://db.internal:5432/shop", false),
        ("2026-01-26T15:30:00Z", false), ("a-long-sentence-of-several-words", false),
        ("Europe/Amsterdam,Europe/Berlin", false), ("registry.example.com/team/app:v1.2.3", false),
    ])
    func randomLookingValuesAreToldFromWords(_ value: String, _ isLikely: Bool) {
        #expect(LikelySecret.isLikely(value) == isLikely)
    }
}
