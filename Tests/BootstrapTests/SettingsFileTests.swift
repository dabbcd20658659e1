import Testing

@testable import Bootstrap

@Suite(.timeLimit(.minutes(2)))
struct SettingsFileTests {
    @Test func aFileIsReadUpToAMebibyte() throws {
        let sandbox = try Sandbox()
        let fitting = String(repeating: "x", count: SettingsFile.bytesMax)
        let path = try sandbox.write("large", fitting)
        #expect(try SettingsFile(path: path).text.utf8.count == SettingsFile.bytesMax)
        try sandbox.write("large", fitting + "x")
        #expect(throws: SettingsFile.Fault.other("it is larger than 1 MiB")) {
            try SettingsFile(path: path)
        }
    }
}
