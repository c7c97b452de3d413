# SPDX-License-Identifier: GPL-2.0-or-later
"""The shell in a guest, with commands from a pipe and from a terminal."""

import os
import pty
import select
import subprocess
import termios
import time
import unittest

import vm


@vm.kernels('stable')
class Shell(unittest.TestCase):

    def start(self, **streams):
        shell = subprocess.Popen([os.path.join(vm.HERE, 'shell'), vm.GuestTest.build], **streams)
        self.addCleanup(shell.wait)
        self.addCleanup(shell.terminate)
        return shell

    def test_pipe(self):
        """commands from a pipe are carried out"""
        shell = self.start(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = shell.communicate('memctl list --noheadings\npoweroff -f\n', timeout=90)
        self.assertEqual(shell.returncode, 0, err)
        self.assertRegex(out, r'0x0000000100000000-0x000000010fffffff .*online')
        self.assertRegex(out, r'0x0000000110000000-0x000000011fffffff .*offline')
        self.assertIn('hot-plugged', err)

    def test_terminal(self):
        """Ctrl-C reaches memctl, Ctrl-] ends the guest, and the terminal is as it was"""
        ours, theirs = pty.openpty()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, theirs)
        before = termios.tcgetattr(theirs)
        shell = self.start(stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
        self.expect(ours, b'guest# ')
        os.write(ours, b'pin 32 &\r')
        self.expect(ours, b'ready')
        os.write(ours, b'memctl offline --block 32 --json --progress\r')
        self.expect(ours, b'"progress"')
        os.write(ours, b'\x03')
        self.expect(ours, b'"interrupted"')
        os.write(ours, b'echo status $?\r')
        self.expect(ours, b'status 130')
        os.write(ours, b'\x1d')
        self.assertEqual(shell.wait(10), 0)
        self.assertEqual(termios.tcgetattr(theirs), before)

    def expect(self, terminal, words):
        said = b''
        end = time.monotonic() + 60
        while words not in said:
            self.assertTrue(select.select([terminal], [], [], max(0, end - time.monotonic()))[0], said)
            said += os.read(terminal, 4096)
