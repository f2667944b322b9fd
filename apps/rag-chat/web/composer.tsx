import { useState } from 'react';
import { Button, Form, Label, TextArea, TextField } from 'react-aria-components';

interface ComposerProps {
  readonly isBusy: boolean;
  readonly onAsk: (question: string) => void;
  readonly onStop: () => void;
}

/** Enter asks, Shift and Enter begin a new line. */
export function Composer({ isBusy, onAsk, onStop }: ComposerProps) {
  const [text, setText] = useState('');
  const question = text.trim();
  return (
    <Form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (question === '' || isBusy) return;
        onAsk(question);
        setText('');
      }}
    >
      <TextField className="field" value={text} onChange={setText} maxLength={2000} autoFocus>
        <Label className="hidden">Your question</Label>
        <TextArea
          rows={1}
          placeholder="Ask a question"
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
            event.preventDefault();
            event.currentTarget.form?.requestSubmit();
          }}
        />
      </TextField>
      {isBusy ? (
        <Button className="button secondary" onPress={onStop}>
          Stop
        </Button>
      ) : (
        <Button className="button" type="submit" isDisabled={question === ''}>
          Ask
        </Button>
      )}
    </Form>
  );
}
