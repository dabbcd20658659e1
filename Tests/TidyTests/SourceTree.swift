import Foundation

/// The project's own files, read once.
enum SourceTree {
    /// The folder that holds `Package.swift`.
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every Swift file below `Sources`.
    static let sources = files(under: "Sources") { $0.hasSuffix(".swift") }

    /// Every Swift file below `Tests`.
    static let tests = files(under: "Tests") { $0.hasSuffix(".swift") }

    /// Every text file of the project.
    static let texts =
        ["Sources", "Tests", "migrations", "ops", ".ci"].flatMap { files(under: $0) { _ in true } }
        + ["Package.swift", "README.md", ".gitignore", ".swift-format"].compactMap { file($0) }

    /// The file at a path below the root; nil when there is none or it is no text.
    static func file(_ path: String) -> SourceFile? {
        // A missing or a binary file is no text of ours: both are nil.
        (try? String(contentsOf: root.appending(path: path), encoding: .utf8))
            .map { SourceFile(path: path, text: $0) }
    }

    /// The names in a folder below the root, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
            .sorted()
    }

    /// The text files below a folder whose path fits, sorted; links are not followed.
    private static func files(
        under folder: String, where fits: (String) -> Bool
    ) -> [SourceFile] {
        let base = root.appending(path: folder).path
        let paths = FileManager.default.enumerator(atPath: base)?.compactMap { $0 as? String } ?? []
        return paths.filter { fits($0) && !$0.contains("__pycache__") }.sorted()
            .compactMap { file("\(folder)/\($0)") }
    }
}

/// One file of the project.
struct SourceFile: Sendable, CustomStringConvertible {
    /// The path below the root.
    let path: String
    let text: String
    let lines: [Substring]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The second part of the path: the target of a Swift file.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 1 ? String(parts[1]) : ""
    }

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    var description: String { path }
}
