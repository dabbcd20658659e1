import Foundation
import Testing

@testable import JobStore

/// When the folder of the sockets is read.
struct BellListTests {
    private let files: SQLiteFiles
    private let folder: StateFolder
    private let list: BellList

    init() throws {
        files = try SQLiteFiles()
        folder = try files.open().folder
        list = BellList(folder: folder)
    }

    private func addBell(_ name: String) throws {
        try Data().write(to: URL(filePath: folder.bell(name)))
    }

    /// Lets the folder look as if it had changed so many seconds ago, each time the same.
    private func date(_ seconds: Double) throws {
        let moment = Date(timeIntervalSince1970: Self.present - seconds)
        try FileManager.default.setAttributes(
            [.modificationDate: moment], ofItemAtPath: folder.path)
    }

    private static let present = Date().timeIntervalSince1970.rounded(.down)

    @Test func aFolderThatRestsIsNotReadAgain() throws {
        try date(60)
        #expect(list.bells().isEmpty)
        try addBell("unseen")
        try date(60)
        #expect(list.bells().isEmpty)
    }

    @Test func aFolderThatHasChangedIsReadAgain() throws {
        try date(60)
        #expect(list.bells().isEmpty)
        try addBell("a")
        #expect(list.bells() == [folder.bell("a")])
    }

    /// In the future it stays new for as long as the test runs.
    @Test func aFolderThatHasJustChangedIsReadEachTime() throws {
        try date(-60)
        #expect(list.bells().isEmpty)
        try addBell("a")
        try date(-60)
        #expect(list.bells() == [folder.bell("a")])
    }

    @Test func aFolderThatIsGoneHasNone() throws {
        try addBell("a")
        #expect(list.bells().count == 1)
        try FileManager.default.removeItem(atPath: folder.path)
        #expect(list.bells().isEmpty)
    }
}
