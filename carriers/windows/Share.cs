using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Security.Cryptography;
using System.Text;

namespace Plumbline
{
    /// <summary>
    /// The two folders, and what the carrier remembers in them. What it remembers are marks in the hidden folder .carrier of
    /// the outbox, which Plumbline does not look at: NAME.asked before a document goes to QuickBooks, with a line for each
    /// time, and NAME.answered when its answer lies whole in the inbox under a hidden name. A mark is there or it is not, so
    /// that no crash leaves half of one.
    /// </summary>
    public sealed class Share
    {
        /// <summary>The endings of what goes into the inbox.</summary>
        public static readonly string[] Endings = { ".response.xml", ".error.txt" };
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false);

        private readonly string outbox;
        private readonly string inbox;
        private readonly string marks;

        /// <summary>The folders outbox\quickbooks and inbox\quickbooks of one root.</summary>
        public Share(string outbox, string inbox)
        {
            this.outbox = outbox;
            this.inbox = inbox;
            marks = Path.Combine(outbox, ".carrier");
        }

        /// <summary>Throws unless both folders are there and belong to one root.</summary>
        public void Check()
        {
            string mine = RootOf(outbox);
            if (mine != RootOf(inbox))
                throw new IOException(outbox + " and " + inbox + " belong to different roots of Plumbline: put the settings right.");
            Directory.CreateDirectory(marks);
        }

        private static string RootOf(string folder)
        {
            string mark = Path.Combine(folder, ".plumbline");
            if (!File.Exists(mark))
                throw new IOException(folder + " cannot be reached, or is no folder of Plumbline's: it has no file .plumbline.");
            using (StreamReader reader = new StreamReader(mark)) return reader.ReadLine() ?? "";
        }

        /// <summary>Held by one carrier at a time, on whatever machine; let go when it ends or dies.</summary>
        public IDisposable Lock()
        {
            try
            {
                return new FileStream(
                    Path.Combine(marks, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error)
            {
                throw new IOException("Another carrier works on " + outbox + ": run only one. (" + error.Message + ")");
            }
        }

        // Documents

        /// <summary>The documents that wait: those that were asked already first, then in number order.</summary>
        public List<string> Documents()
        {
            List<string> marked = Marked();
            List<string> names = Ordered(NamesIn(outbox));
            List<string> asked = names.FindAll(marked.Contains);
            names.RemoveAll(marked.Contains);
            asked.AddRange(names);
            return asked;
        }

        /// <summary>Whether a document stands in the outbox.</summary>
        public bool Holds(string name)
        {
            return File.Exists(Path.Combine(outbox, name));
        }

        /// <summary>A document's bytes.</summary>
        public byte[] Read(string name)
        {
            return File.ReadAllBytes(Path.Combine(outbox, name));
        }

        /// <summary>Takes a document out of the outbox.</summary>
        public void Remove(string name)
        {
            File.Delete(Path.Combine(outbox, name));
        }

        /// <summary>Those that are names of documents, in number order.</summary>
        private static List<string> Ordered(List<string> names)
        {
            names.RemoveAll(delegate(string name) { return Decisions.Number(name) < 0; });
            names.Sort(delegate(string one, string other)
            {
                int number = Decisions.Number(one).CompareTo(Decisions.Number(other));
                return number != 0 ? number : string.CompareOrdinal(one, other);
            });
            return names;
        }

        private static List<string> NamesIn(string folder)
        {
            List<string> names = new List<string>();
            foreach (string path in Directory.GetFiles(folder)) names.Add(Path.GetFileName(path));
            return names;
        }

        // Marks

        /// <summary>The documents that have a mark, in number order.</summary>
        public List<string> Marked()
        {
            List<string> names = new List<string>();
            foreach (string mark in NamesIn(marks))
            {
                string name = Path.GetFileNameWithoutExtension(mark);
                if (!names.Contains(name)) names.Add(name);
            }
            return Ordered(names);
        }

        /// <summary>Whether a document has the mark .asked or .answered.</summary>
        public bool Has(string name, string mark)
        {
            return File.Exists(Path.Combine(marks, name + mark));
        }

        /// <summary>The digests with which a document was asked, once for each time. A line that a crash cut is no line: what
        /// it announces was not done.</summary>
        public List<string> Asks(string name)
        {
            List<string> digests = new List<string>();
            string mark = Path.Combine(marks, name + ".asked");
            if (!File.Exists(mark)) return digests;
            string[] lines = File.ReadAllText(mark, Utf8).Split('\n');
            for (int line = 0; line < lines.Length - 1; line++) digests.Add(lines[line].Split(' ')[0]);
            return digests;
        }

        /// <summary>Writes down, durably, that a document is about to be asked.</summary>
        public void MarkAsked(string name, string digest)
        {
            string time = DateTime.UtcNow.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
            byte[] line = Utf8.GetBytes(digest + " " + time + " " + Environment.MachineName + "\n");
            Write(Path.Combine(marks, name + ".asked"), FileMode.Append, line);
        }

        /// <summary>Writes down that the answer lies whole in the inbox.</summary>
        public void MarkAnswered(string name)
        {
            File.Move(Path.Combine(marks, name + ".asked"), Path.Combine(marks, name + ".answered"));
        }

        /// <summary>Forgets a document.</summary>
        public void Unmark(string name)
        {
            File.Delete(Path.Combine(marks, name + ".asked"));
            File.Delete(Path.Combine(marks, name + ".answered"));
        }

        // Answers

        /// <summary>Whether an answer to a document stands in the inbox and was not read yet.</summary>
        public bool HoldsAnswer(string name)
        {
            foreach (string ending in Endings)
                if (File.Exists(Path.Combine(inbox, Decisions.Stem(name) + ending))) return true;
            return false;
        }

        /// <summary>Writes an answer under its hidden name, durably.</summary>
        public void WriteAnswer(string name, string ending, byte[] bytes)
        {
            Write(Hidden(name, ending), FileMode.Create, bytes);
        }

        /// <summary>Gives the answer that lies in the inbox its name, never over another file; none lies there when it has its
        /// name already.</summary>
        public void PublishAnswer(string name)
        {
            foreach (string ending in Endings)
            {
                string hidden = Hidden(name, ending);
                if (!File.Exists(hidden)) continue;
                string path = Path.Combine(inbox, Decisions.Stem(name) + ending);
                string digest = Digest(File.ReadAllBytes(hidden));
                // Another answer of that name is there: this one gets a name made of its content beside it.
                if (File.Exists(path) && Digest(File.ReadAllBytes(path)) != digest)
                    path = Path.Combine(inbox, Decisions.Stem(name) + "-" + digest.Substring(0, 8) + ending);
                if (File.Exists(path)) File.Delete(hidden);
                else File.Move(hidden, path);
            }
        }

        /// <summary>Removes what a crash left of an answer that was not whole.</summary>
        public void DropHidden(string name)
        {
            foreach (string ending in Endings) File.Delete(Hidden(name, ending));
        }

        private string Hidden(string name, string ending)
        {
            return Path.Combine(inbox, "." + Decisions.Stem(name) + ending + ".part");
        }

        /// <summary>The SHA-256 of bytes, in hexadecimal digits.</summary>
        public static string Digest(byte[] bytes)
        {
            using (SHA256 sha = SHA256.Create())
                return BitConverter.ToString(sha.ComputeHash(bytes)).Replace("-", "").ToLowerInvariant();
        }

        private static void Write(string path, FileMode mode, byte[] bytes)
        {
            using (FileStream file = new FileStream(path, mode, FileAccess.Write, FileShare.None))
            {
                file.Write(bytes, 0, bytes.Length);
                // On the disk, at the other end of the share too.
                file.Flush(true);
            }
        }
    }
}
