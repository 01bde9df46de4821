using System;
using System.Collections.Generic;
using System.Text;

namespace Plumbline
{
    /// <summary>
    /// Carries documents from outbox\quickbooks to QuickBooks' request processor, one at a time, and its answers into
    /// inbox\quickbooks. The request processor itself stands behind three delegates: Carry-QuickBooks.ps1 gives the real one,
    /// Plumbline's tests give theirs.
    ///
    /// The order of the steps is the promise, as everywhere in Plumbline: the mark is durable, the document is asked, the
    /// answer is durable under a hidden name, the mark says so, the answer gets its name, the document leaves the outbox, the
    /// mark goes. It may be ended at any moment; the next start looks at the marks first.
    /// </summary>
    public sealed class Carrier
    {
        private static readonly UTF8Encoding Utf8 = new UTF8Encoding(false);

        private readonly Share share;
        private readonly Log log;
        private readonly Action begin;
        private readonly Func<string, string> ask;
        private readonly Action end;

        /// <summary>Told the name of each step before it is done. For tests.</summary>
        public Action<string> Step = delegate { };

        /// <summary>A carrier between two folders and QuickBooks.</summary>
        /// <param name="begin">Opens the connection and begins a session.</param>
        /// <param name="ask">ProcessRequest: takes a document, gives the response.</param>
        /// <param name="end">Ends what of the session and the connection there is.</param>
        public Carrier(Share share, Log log, Action begin, Func<string, string> ask, Action end)
        {
            this.share = share;
            this.log = log;
            this.begin = begin;
            this.ask = ask;
            this.end = end;
        }

        /// <summary>Carries everything that waits.</summary>
        /// <returns>Whether all is well; else it is better to wait a while before the next round.</returns>
        public bool Round()
        {
            try
            {
                bool isWell = CarryAll();
                if (isWell) log.Forget();
                return isWell;
            }
            catch (Exception error)
            {
                // Whatever it is, the next round begins as the next start would.
                uint number = Decisions.NumberOf(error);
                string words = Decisions.WordsOf(error) + " (" + Decisions.Shown(number) + ")";
                if (number == Decisions.NotRegistered)
                    words += " The request processor is not there for a " + (IntPtr.Size * 8)
                        + "-bit program: run Register-Carrier.ps1 with the other -Bits.";
                log.Warn(words);
                return false;
            }
        }

        private bool CarryAll()
        {
            share.Check();
            if (share.Documents().Count == 0 && share.Marked().Count == 0) return true;
            using (share.Lock())
            {
                foreach (string name in share.Marked()) Settle(name);
                List<string> names = share.Documents();
                if (names.Count == 0) return true;
                try
                {
                    Step("begin");
                    begin();
                    foreach (string name in names)
                        if (!Carry(name)) return false;
                    return true;
                }
                finally
                {
                    End();
                }
            }
        }

        private void End()
        {
            try
            {
                end();
            }
            catch (Exception error)
            {
                log.Warn("The session with QuickBooks did not end well: " + Decisions.WordsOf(error));
            }
        }

        /// <summary>Ends what an earlier run left between two steps.</summary>
        private void Settle(string name)
        {
            if (share.Has(name, ".answered"))
            {
                log.Info("The answer to " + name + " had arrived.");
                Finish(name);
                return;
            }
            share.DropHidden(name);
            int asks = share.Asks(name).Count;
            if (asks == 0 || !share.Holds(name))
            {
                if (asks > 0) log.Warn(name + " was taken out of the outbox by somebody else.");
                share.Unmark(name);
            }
            else if (share.HoldsAnswer(name))
            {
                log.Warn("Somebody else answered " + name + ".");
                share.Remove(name);
                share.Unmark(name);
            }
            else
            {
                string left = name + " was asked, and its answer is not known";
                Kind kind = Decisions.KindOf(Utf8.GetString(share.Read(name)));
                if (Decisions.AfterSilence(kind, asks) == Next.GiveUp) GiveUp(name, left + ".");
                else log.Warn(left + ": the same bytes are asked again.");
            }
        }

        /// <summary>Carries one document.</summary>
        /// <returns>Whether the next one may follow in this session.</returns>
        private bool Carry(string name)
        {
            if (!share.Holds(name)) return true;
            byte[] bytes = share.Read(name);
            string digest = Share.Digest(bytes);
            List<string> asks = share.Asks(name);
            if (asks.Count > 0 && asks[asks.Count - 1] != digest)
            {
                log.Error(name + " is not what it was when it was asked; it must not be changed. Nothing goes on until it is "
                    + "put back.");
                return false;
            }
            if (asks.Count == 0 && share.HoldsAnswer(name))
            {
                log.Warn("An answer to " + name + " is there already.");
                share.Remove(name);
                return true;
            }
            string document = Utf8.GetString(bytes);
            Step("mark asked");
            share.MarkAsked(name, digest);
            string response;
            try
            {
                Step("ask");
                response = ask(document);
            }
            catch (Exception error)
            {
                return Failed(name, Decisions.KindOf(document), asks.Count + 1, error);
            }
            if (string.IsNullOrEmpty(response))
            {
                string what = "QuickBooks gave an empty response to " + name;
                return Silent(name, Decisions.KindOf(document), asks.Count + 1, what);
            }
            Publish(name, ".response.xml", response);
            log.Info(name + " was answered.");
            return true;
        }

        private bool Failed(string name, Kind kind, int asks, Exception error)
        {
            uint number = Decisions.NumberOf(error);
            string words = Decisions.WordsOf(error);
            string said = words + " (" + Decisions.Shown(number) + ")";
            if (Decisions.AfterError(number, kind, asks) != Next.Refuse)
                return Silent(name, kind, asks, "The answer to " + name + " was lost: " + said);
            log.Warn("QuickBooks refused " + name + ": " + said);
            Publish(name, ".error.txt", Decisions.ErrorFile(number, words));
            return Decisions.GoesOnAfter(number);
        }

        /// <summary>No answer came, and it is not known what was done.</summary>
        private bool Silent(string name, Kind kind, int asks, string what)
        {
            if (Decisions.AfterSilence(kind, asks) == Next.GiveUp) GiveUp(name, what + ".");
            else log.Warn(what + ". The same bytes are asked again in the next session.");
            return false;
        }

        private void GiveUp(string name, string what)
        {
            log.Warn(what + " Plumbline asks QuickBooks what became of it.");
            string words = what + " The carrier gave the answer up.";
            Publish(name, ".error.txt", Decisions.ErrorFile(Decisions.AnswerLost, words));
        }

        private void Publish(string name, string ending, string text)
        {
            Step("write answer");
            share.WriteAnswer(name, ending, Utf8.GetBytes(text));
            Step("mark answered");
            share.MarkAnswered(name);
            Finish(name);
        }

        private void Finish(string name)
        {
            Step("publish answer");
            share.PublishAnswer(name);
            Step("remove document");
            share.Remove(name);
            Step("remove mark");
            share.Unmark(name);
        }
    }
}
