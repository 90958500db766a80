"""What the desk looks like: tokens, glyphs and the colours of levels; `skin` turns ink into styles, `strips` lines into
strips. `glyphs` alone stands below painting, which names them by their meaning.
"""
